"""Connections on which a request has begun and does not end: each takes a worker of httpd's away. Always released."""

from __future__ import annotations

import contextlib
import socket
import time
from urllib.parse import urlsplit

from ..connecting import connect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    Json = dict[str, Any]

MOST = 256
_CONNECT = 0.5
_SETTLE = 0.05


@contextlib.contextmanager
def held(probe: Json, deadline: float) -> Iterator[int]:
    """Hold as many as the probe's `hold` says while the block runs; gives how many there are."""
    parts = urlsplit(probe["url"])
    port = parts.port or (443 if parts.scheme == "https" else 80)
    opened: list[socket.socket] = []
    try:
        for _ in range(min(MOST, probe["hold"])):
            if time.monotonic() >= deadline:
                break
            try:
                opened.append(connect(probe["address"], port, _CONNECT, probe.get("source")))
                # On a port of TLS this is no beginning of a handshake, and holds nothing: silence does.
                if parts.scheme == "http":
                    opened[-1].sendall(f"GET / HTTP/1.1\r\nHost: {parts.netloc}\r\n".encode())
            except OSError:
                break
        time.sleep(_SETTLE)
        yield len(opened)
    finally:
        for one in opened:
            one.close()
