"""One request over one fresh connection, with an end to it whatever the other side does. No redirect is followed.

A timeout of a socket starts anew with each read, so each gets what is left until the deadline. TLS is spoken without
verification unless asked for: what certificate is right is the check's business.
"""

from __future__ import annotations

import functools
import re
import socket
import ssl
import time
from urllib.parse import urlsplit

from . import http_response
from .connecting import connect, sni

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Mapping, Tuple
    from urllib.parse import SplitResult

    Headers = list[Tuple[str, str]]

BODY_LIMIT = 256 * 1024
_PIECE = 64 * 1024
# What http.client refuses: none of it may begin a line of its own in a request.
_NO_METHOD = re.compile(r"[\x00-\x1f]").search
_NO_TARGET = re.compile(r"[\x00-\x20\x7f]").search
_NAME = re.compile(rb"[^:\s][^:\r\n]*").fullmatch
_NO_VALUE = re.compile(rb"\n(?![ \t])|\r(?![ \t\n])").search


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

    Raises OSError (ssl.SSLError is one, http_response.Closed another), TimeoutError after `timeout` seconds, and
    ValueError, for what cannot be asked and for what is no HTTP answer (http_response.NotHttp).
    """
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    head = _head(method, parts, manner)
    began = time.monotonic()
    deadline = began + timeout
    try:
        connection = connect(address, port, timeout, manner.source)
        try:
            if manner.opened:
                manner.opened(connection.getsockname()[1])
            der = version = cipher = None
            if secure:
                _hurry(connection, deadline)
                connection = _secure(connection, parts.hostname or address, verify=verify)
                der, version = connection.getpeercert(binary_form=True), connection.version()
                cipher = (connection.cipher() or [None])[0]
            status, headers, body = _exchange(connection, deadline, method, head, manner.body)
        finally:
            connection.close()
    except socket.timeout as error:  # a class of its own until Python 3.10
        raise TimeoutError from error
    answer = Answer(status, headers, body, der)
    answer.ms = round((time.monotonic() - began) * 1000, 1)
    answer.version, answer.cipher = version, cipher
    return answer


def _head(method: str, parts: SplitResult, manner: Manner) -> bytes:
    """The request without its body. Raises ValueError for characters that would make it another one."""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if manner.absolute:
        target = f"{parts.scheme}://{parts.netloc}{target}"
    if _NO_METHOD(method) or _NO_TARGET(target):
        raise ValueError("the request has a space or a control character where there can be none")
    headers = {
        "Host": parts.netloc.rpartition("@")[2],
        "User-Agent": "safedeploy",
        "Accept": "*/*",
        "Connection": "close",
    }
    if manner.body:
        headers["Content-Length"] = str(len(manner.body))
    # Names are compared as they are written usually, so that a lower-case one replaces its equal.
    headers.update((key.title(), value) for key, value in manner.headers.items())
    lines = [_line(name, value) for name, value in headers.items()]
    return b"\r\n".join([f"{method} {target} HTTP/1.1".encode("ascii"), *lines, b"", b""])


def _line(name: str, value: str) -> bytes:
    name_sent, value_sent = name.encode("ascii"), value.encode("latin-1")
    if not _NAME(name_sent) or _NO_VALUE(value_sent):
        raise ValueError(f"the request cannot have a header {name!r} with that value")
    return name_sent + b": " + value_sent


def _exchange(
    connection: socket.socket, deadline: float, method: str, head: bytes, body: bytes
) -> tuple[int, Headers, bytes]:
    def receive() -> bytes:
        _hurry(connection, deadline)
        return connection.recv(_PIECE)

    _hurry(connection, deadline)
    connection.sendall(head)
    if body:
        _hurry(connection, deadline)
        _send(connection, body)
    return http_response.read(receive, method, BODY_LIMIT)


def _send(connection: socket.socket, body: bytes) -> None:
    """Send a body. A server that refuses it may answer and close before its end, and that answer is what counts."""
    try:
        connection.sendall(body)
    except (BrokenPipeError, ConnectionResetError):
        return


def _secure(connection: socket.socket, name: str, *, verify: bool) -> ssl.SSLSocket:
    context = ssl.create_default_context() if verify else _trusting()
    return context.wrap_socket(connection, server_hostname=sni(name))


@functools.lru_cache(maxsize=None)
def _trusting() -> ssl.SSLContext:
    """A context that verifies nobody. It reads no authorities, which takes many times as long as a handshake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _hurry(connection: socket.socket, deadline: float) -> None:
    """Let the next operation, which Python bounds as a whole, take what is left. Raises TimeoutError."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection.settimeout(left)
