"""One request over one fresh connection, with an end to it whatever the other side does. No redirect is followed.

A timeout of a socket starts anew with each byte, so a watchdog shuts the connection down at the deadline. TLS is spoken
without verification unless asked for: what certificate is right is the check's business.
"""

from __future__ import annotations

import functools
import http.client
import os
import socket
import ssl
import threading
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
    source = (manner.source, 0) if manner.source else None
    connection = socket.create_connection((address, port), timeout, source)
    if manner.opened:
        manner.opened(connection.getsockname()[1])
    watchdog = _Watchdog(connection, began + timeout)
    try:
        der = version = cipher = None
        if secure:
            connection = _secure(connection, parts.hostname or address, verify=verify)
            der, version = connection.getpeercert(binary_form=True), connection.version()
            cipher = (connection.cipher() or [None])[0]
        answer = _exchange(connection, method, url, der, manner)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if watchdog.fired:
            raise TimeoutError from error
        raise
    finally:
        watchdog.end()
        connection.close()
    if watchdog.fired:
        # The body was cut off by us, which reads like its end.
        raise TimeoutError
    answer.ms = round((time.monotonic() - began) * 1000, 1)
    answer.version, answer.cipher = version, cipher
    return answer


def _exchange(connection: socket.socket, method: str, url: str, der: bytes | None, manner: Manner) -> Answer:
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


def _send(connection: socket.socket, body: bytes) -> None:
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


class _Watchdog:
    """Shuts a connection down at its deadline. Works on a duplicate, because TLS takes the original over."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self.fired = False
        self._connection = socket.socket(fileno=os.dup(connection.fileno()))
        self._timer = threading.Timer(max(0.0, deadline - time.monotonic()), self._fire)
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> None:
        self._timer.cancel()
        self._timer.join()
        self._connection.close()

    def _fire(self) -> None:
        self.fired = True
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
