"""Visitors who download a large file slowly, so that a reload finds them in the middle of it.

A download has failed unless every byte of the file has come. The client's receive buffer is small and the file is
larger than what the server's kernel buffers, so the server is at work on it for as long as it takes.
"""

from __future__ import annotations

import hashlib
import http.client
import ssl
import time

from safedeploy.lab.host import LabHost
from safedeploy.lab.names import DOMAIN
from safedeploy.lab.traffic import SECONDS, Kind, Route, Visit, connected

PATH = "/large.txt"
SIZE = 12 * 1024 * 1024  # bytes; the kernel takes up to 4 MiB off the server's hands (net.ipv4.tcp_wmem)
CONTENT = b"".join(b"%015d\n" % number for number in range(SIZE // 16))
_DIGEST = hashlib.sha256(CONTENT).digest()
_PIECE = 64 * 1024
_TAKES = 8.0  # seconds for a whole file

ROUTES = (
    Route(site=f"www.{DOMAIN}", path=PATH, tls=True),
    Route(site=f"app.{DOMAIN}", path=PATH),
)


def files(host: LabHost) -> dict[str, bytes]:
    """The files that a host must have for these visitors: path -> content."""
    return {f"{host.layout.www_root}/{site}{PATH}": CONTENT for site in ("www", "app")}


def _visitor(host: LabHost, route: Route, tls: ssl.SSLContext) -> Visit:
    return lambda: download(host, route, tls)


DOWNLOADS = Kind(name="slow downloads", routes=ROUTES, visitor=_visitor)


def download(host: LabHost, route: Route, tls: ssl.SSLContext, *, seconds: float = _TAKES) -> str:
    """Download the file over about `seconds`; what went wrong, or an empty text."""
    connection = http.client.HTTPConnection(host.address, timeout=SECONDS)
    try:
        connection.sock = connected(host, route, tls, receive=_PIECE)
        connection.request("GET", route.path, headers={"Host": route.site, "Connection": "close"})
        answer = connection.getresponse()
        if answer.status != route.status:
            return f"status {answer.status}"
        seen, came = hashlib.sha256(), 0
        while piece := answer.read(_PIECE):
            seen.update(piece)
            came += len(piece)
            time.sleep(seconds * len(piece) / SIZE)
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        connection.close()
    return "" if seen.digest() == _DIGEST else f"{came} bytes came of {SIZE}, or other ones"
