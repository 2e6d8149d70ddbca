"""The asking with http.client, which the on-host program did before it had a reader of its own."""

from __future__ import annotations

import http.client
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:  # Python 3.8 cannot evaluate it
    Read = tuple[int, list[tuple[str, str]], bytes]

LIMIT = 256 * 1024


def request(
    method: str,
    url: str,
    address: str,
    *,
    absolute: bool = False,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
) -> Read:
    """Status, headers and body. Raises what http.client does, and IncompleteRead."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if absolute:
        target = f"{parts.scheme}://{parts.netloc}{target}"
    client = http.client.HTTPConnection("unused")
    with socket.create_connection((address, parts.port or 80), 10) as connection:
        client.sock = connection
        client.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        sent = {
            "Host": parts.netloc.rpartition("@")[2],
            "User-Agent": "safedeploy",
            "Accept": "*/*",
            "Connection": "close",
        }
        if body:
            sent["Content-Length"] = str(len(body))
        sent.update((key.title(), value) for key, value in (headers or {}).items())
        for name, value in sent.items():
            client.putheader(name, value)
        client.endheaders()
        if body:
            connection.sendall(body)
        return _read(client.getresponse())


def _read(response: http.client.HTTPResponse) -> Read:
    body = response.read(LIMIT)
    if response.length and len(body) < LIMIT:
        raise http.client.IncompleteRead(body, response.length)
    return response.status, response.getheaders(), body
