"""Where a redirect leads in the end, as far as this server answers. What is another server's is named, never asked."""

from __future__ import annotations

from urllib.parse import urldefrag, urljoin, urlsplit

from . import body, served
from .elided import digested

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..http_request import Answer
    from .exchange import Exchange

    Json = dict[str, Any]

HOPS = 8


def follow(exchange: Exchange, probe: Json, first: Answer) -> Json:
    """`hops`, `loop`, `foreign` (a host) and `final` of a redirect."""
    url, response = probe["url"], first
    hops: list[Json] = []
    seen = {url}
    while 300 <= response.status <= 399 and response.header("Location"):
        location = response.header("Location")[0]
        hops.append({"status": response.status, "location": digested(location)})
        target = urldefrag(urljoin(url, location))[0]
        if not exchange.terms.served.here(target, url):
            return _end(hops, foreign=urlsplit(target).netloc.rpartition("@")[2] or target[:80])
        if target in seen or len(hops) > HOPS:
            return _end(hops, loop=True)
        seen.add(target)
        try:
            # The body of a probe belongs to its own URL, and so does the absolute form.
            response = exchange.request({**probe, "body_bytes": 0, "absolute": False}, target)
        except (OSError, ValueError) as error:
            from .exchange import why

            if exchange.late(error):
                return _end(hops)
            return _end(hops, final={"status": None, "why": why(error, 0), "url": digested(target)})
        url = target
    host = exchange.terms.served.virtual_host(url, probe["address"])
    final = {
        "status": response.status,
        "sha256": body.digest(response.body),
        "shape": body.shape(response.body),
        "vhost": served.place(host),
        "url": digested(url),
    }
    return _end(hops, final=final)


def _end(hops: list[Json], *, loop: bool = False, foreign: str | None = None, final: Json | None = None) -> Json:
    return {"hops": hops, "loop": loop, "foreign": foreign, "final": final}
