"""One request over one fresh connection, with an end to it whatever the other side does. No redirect is followed.

A timeout of a socket starts anew with each read, so each gets what is left until the deadline. TLS is spoken without
verification unless asked for: what certificate is right is the check's business.
"""

from __future__ import annotations

import functools
import http.client
import io
import socket
import ssl
import time
from urllib.parse import urlsplit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping, Tuple

    Json = dict[str, Any]
    Headers = list[Tuple[str, str]]

BODY_LIMIT = 256 * 1024


class Manner:
    """What may be unusual about a request.

    `source` is the address to ask from; `absolute` names the whole URL in the request line, as one asks a proxy; `body`
    is sent with its length; `headers` come on top of, or instead of, the usual ones. `opened` is told the port
    that it is asked from, before anything is sent.
    """

    def __init__(
        self,
        *,
        source: str | None = None,
        absolute: bool = False,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        opened: Callable[[int], object] | None = None,
    ) -> None:
        self.source = source
        self.absolute = absolute
        self.body = body
        self.headers = dict(headers or {})
        self.opened = opened


PLAIN = Manner()


class Answer:
    """A response: `status`, `headers` in order, BODY_LIMIT bytes of `body` at most, `ms` for all, the peer's `der`.

    `version` and `cipher` are those of TLS.
    """

    def __init__(self, status: int, headers: Headers, body: bytes, der: bytes | None) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.der = der
        self.ms = 0.0
        self.version: str | None = None
        self.cipher: str | None = None

    def header(self, name: str) -> list[str]:
        """All values of a header, in order."""
        return [value for key, value in self.headers if key.lower() == name.lower()]


def request(
    method: str, url: str, address: str, timeout: float, *, verify: bool = False, manner: Manner = PLAIN
) -> Answer:
    """Ask `address` for `url`: Host and SNI come from the URL.

    Raises OSError (ssl.SSLError is one), TimeoutError after `timeout` seconds, HTTPException and ValueError.
    """
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    began = time.monotonic()
    deadline = began + timeout
    source = (manner.source, 0) if manner.source else None
    try:
        connection = socket.create_connection((address, port), timeout, source)
        try:
            if manner.opened:
                manner.opened(connection.getsockname()[1])
            der = version = cipher = None
            if secure:
                _hurry(connection, deadline)
                connection = _secure(connection, parts.hostname or address, verify=verify)
                der, version = connection.getpeercert(binary_form=True), connection.version()
                cipher = (connection.cipher() or [None])[0]
            answer = _exchange(_Bounded(connection, deadline), method, url, der, manner)
        finally:
            connection.close()
    except socket.timeout as error:  # a class of its own until Python 3.10
        raise TimeoutError from error
    answer.ms = round((time.monotonic() - began) * 1000, 1)
    answer.version, answer.cipher = version, cipher
    return answer


def _exchange(connection: _Bounded, method: str, url: str, der: bytes | None, manner: Manner) -> Answer:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if manner.absolute:
        target = f"{parts.scheme}://{parts.netloc}{target}"
    client = http.client.HTTPConnection("unused")
    client.sock = connection
    client.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
    headers = {
        "Host": parts.netloc.rpartition("@")[2],
        "User-Agent": "safedeploy",
        "Accept": "*/*",
        "Connection": "close",
    }
    if manner.body:
        headers["Content-Length"] = str(len(manner.body))
    # Names are compared as they are written usually, so that a lower-case one replaces its equal.
    for name, value in {**headers, **{key.title(): value for key, value in manner.headers.items()}}.items():
        client.putheader(name, value)
    client.endheaders()
    if manner.body:
        _send(connection, manner.body)
    response = client.getresponse()
    body = response.read(BODY_LIMIT)
    if response.length and len(body) < BODY_LIMIT:
        raise http.client.IncompleteRead(body, response.length)
    return Answer(response.status, response.getheaders(), body, der)


def _send(connection: _Bounded, body: bytes) -> None:
    """Send a body. A server that refuses it may answer and close before its end, and that answer is what counts."""
    try:
        connection.sendall(body)
    except (BrokenPipeError, ConnectionResetError):
        return


def _secure(connection: socket.socket, name: str, *, verify: bool) -> ssl.SSLSocket:
    context = ssl.create_default_context() if verify else _trusting()
    return context.wrap_socket(connection, server_hostname=name)


@functools.lru_cache(maxsize=None)
def _trusting() -> ssl.SSLContext:
    """A context that verifies nobody. It reads no authorities, which takes many times as long as a handshake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class _Bounded:
    """What http.client needs of a connection, until a deadline (monotonic seconds); whoever opened it closes it."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._connection, self._deadline))

    def sendall(self, data: bytes) -> None:
        _hurry(self._connection, self._deadline)
        self._connection.sendall(data)

    def close(self) -> None:
        return


class _Reader(io.RawIOBase):
    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        _hurry(self._connection, self._deadline)
        return self._connection.recv_into(buffer)


def _hurry(connection: socket.socket, deadline: float) -> None:
    """Let the next operation, which Python bounds as a whole, take what is left. Raises TimeoutError."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection.settimeout(left)
