"""Reads one answer of HTTP/1.0 or 1.1 (RFC 9112) from a connection on which nothing else was asked.

In place of http.client, whose import takes longer than a health check of a site. It takes what http.client takes: lines
that end with LF alone, a head that ends with the connection, folded lines, a status line without a reason. A line that
is no header ends the headers, and the rest of the head is passed over. Of chunks it is as strict as the RFC.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Tuple

    Headers = list[Tuple[str, str]]

# Bytes of a line with its end, lines of a head with the empty one: those of http.client.
LINE = 65536
LINES = 100
INTERIM = 20
_SWITCHING = 101
_BODILESS = (204, 304)
_EMPTY = (b"\r\n", b"\n", b"")
_VERSION = re.compile(rb"HTTP/1\.[0-9]").fullmatch
_STATUS = re.compile(rb"[1-9][0-9]{2}").fullmatch
_SIZE = re.compile(rb"[0-9A-Fa-f]+").fullmatch
_NAME = re.compile(r"[!-9;-~]+").fullmatch
_HEAD_END = re.compile(rb"\n\r?\n").search


class NotHttp(ValueError):  # noqa: N818 -- a verdict on what the other side sent, shown to people as it is
    """What came is not an HTTP answer, or not a whole one: the text says so, and what is wrong with it."""

    def __init__(self, wrong: str) -> None:
        super().__init__(f"not an HTTP answer: {wrong}")


class Closed(ConnectionResetError):  # noqa: N818 -- as NotHttp
    """The connection was closed in order, before the first byte of an answer."""

    def __init__(self) -> None:
        super().__init__("the connection was closed without an answer")


def read(receive: Callable[[], bytes], method: str, limit: int) -> tuple[int, Headers, bytes]:
    """The status, the headers as they were sent, and `limit` bytes of the body at most: not a byte is waited for then.

    `receive` gives the next bytes, and none at the end of the connection; what it raises is raised. `method` is that of
    the request. Interim answers are passed over, but not 101, since nobody asked for another protocol.

    Raises NotHttp and Closed.
    """
    incoming = _Incoming(receive)
    for _ in range(1 + INTERIM):
        status, headers = _status(incoming.line()), _headers(incoming)
        if status >= 200 or status == _SWITCHING:
            return status, headers, _body(incoming, method, status, headers, limit)
    raise NotHttp(f"more than {INTERIM} interim ones")


class _Incoming:
    """The bytes of a connection, in their order. What was taken is let go of when more comes."""

    def __init__(self, receive: Callable[[], bytes]) -> None:
        self._receive = receive
        self._held = bytearray()
        self._at = 0
        self._ended = False

    def line(self) -> bytes:
        """The next line with its end; the rest where the connection ends before, and b"" after that. Raises NotHttp."""
        searched = 0
        while True:
            end = self._held.find(b"\n", self._at + searched, self._at + LINE) + 1
            if end:
                return self._taken(end)
            searched = len(self._held) - self._at
            if searched > LINE:
                raise NotHttp(f"a line of more than {LINE} bytes")
            if not self._more():
                return self._taken(len(self._held))

    def head(self) -> bytes | None:
        """The lines until an empty one, where all came already and none is too long; what is before is past a line."""
        found = _HEAD_END(self._held, self._at - 1) if self._at else None
        if found is None or found.end() - self._at > LINE or self._held.count(b"\n", self._at, found.end()) > LINES:
            return None
        head = self._taken(found.start() + 1)
        self._at = found.end()
        return head

    def take(self, number: int) -> bytes:
        """The next bytes: so many, or fewer where the connection ends before."""
        while len(self._held) - self._at < number and self._more():
            pass
        return self._taken(min(self._at + number, len(self._held)))

    def _taken(self, end: int) -> bytes:
        taken = bytes(memoryview(self._held)[self._at : end])
        self._at = end
        return taken

    def _more(self) -> bool:
        if self._ended:
            return False
        del self._held[: self._at]
        self._at = 0
        received = self._receive()
        self._held += received
        self._ended = not received
        return bool(received)


def _status(line: bytes) -> int:
    if not line:
        raise Closed
    version, status = [*line.split(None, 2), b"", b""][:2]
    if not version.startswith(b"HTTP/") or not _STATUS(status):
        raise NotHttp("it begins with no status line")
    if not _VERSION(version):
        raise NotHttp("neither HTTP/1.0 nor HTTP/1.1")
    return int(status)


def _headers(incoming: _Incoming) -> Headers:
    head = incoming.head()
    if head is not None:
        return _parsed(head)
    lines: list[bytes] = []
    for _ in range(LINES):
        line = incoming.line()
        if line in _EMPTY:
            return _parsed(b"".join(lines))
        lines.append(line)
    raise NotHttp(f"more than {LINES} lines of headers")


def _parsed(head: bytes) -> Headers:
    """The headers of a head. A folded line stays folded in the value, which has no space at its ends.

    Bytes are characters of latin-1, and CR alone ends a line too, as in http.client.
    """
    found: Headers = []
    for raw in head.splitlines(keepends=True):
        line = raw.decode("latin-1")
        if line[0] in " \t":
            if found:
                name, value = found[-1]
                found[-1] = (name, value + line)
            continue
        name, colon, value = line.partition(":")
        if not colon or not _NAME(name):
            break
        found.append((name, value))
    return [(name, value.strip(" \t\r\n")) for name, value in found]


def _body(incoming: _Incoming, method: str, status: int, headers: Headers, limit: int) -> bytes:
    """As RFC 9112, section 6.3, has it; a length that is no number counts as none."""
    if method == "HEAD" or status < 200 or status in _BODILESS:
        return b""
    lengths = [value for name, value in headers if name.lower() == "content-length"]
    codings = [value for name, value in headers if name.lower() == "transfer-encoding" and value]
    if codings:
        last = codings[-1].rpartition(",")[2].strip()
        return _chunked(incoming, limit) if last.lower() == "chunked" else incoming.take(limit)
    length = _length(lengths)
    wanted = limit if length is None else min(limit, length)
    body = incoming.take(wanted)
    if length is not None and len(body) < wanted:
        raise _cut_off()
    return body


def _length(values: list[str]) -> int | None:
    """What the first Content-Length says. None where it is no number, or one below 0."""
    try:
        length = int(values[0]) if values else -1
    except ValueError:
        return None
    return length if length >= 0 else None


def _chunked(incoming: _Incoming, limit: int) -> bytes:
    body = bytearray()
    while True:
        size = _size(incoming.line())
        if not size:
            _pass_trailer(incoming)
            return bytes(body)
        piece = incoming.take(min(size, limit - len(body)))
        body += piece
        if len(body) == limit:
            return bytes(body)
        if len(piece) < size:
            raise _cut_off()
        _end_chunk(incoming)


def _size(line: bytes) -> int:
    """The size that begins a chunk; its extensions are passed over. Raises NotHttp."""
    if not line:
        raise _cut_off()
    size = line.partition(b";")[0].strip()
    if not _SIZE(size):
        raise NotHttp("a chunk of its body has no size")
    return int(size, 16)


def _end_chunk(incoming: _Incoming) -> None:
    end = incoming.take(2)
    if len(end) < 2:
        raise _cut_off()
    if end != b"\r\n":
        raise NotHttp("a chunk of its body has another size than it says")


def _pass_trailer(incoming: _Incoming) -> None:
    """Past the headers after the last chunk. The end of the connection ends them too: the body is whole."""
    for _ in range(LINES):
        if incoming.line() in _EMPTY:
            return
    raise NotHttp(f"more than {LINES} lines after its body")


def _cut_off() -> NotHttp:
    return NotHttp("it is cut off")
