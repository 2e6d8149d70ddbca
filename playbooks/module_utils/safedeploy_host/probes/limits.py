"""Questions about what a server takes: long addresses, large headers, bodies, many at once, and requests for others."""

from __future__ import annotations

from .decoys import Decoys
from .places import listening
from .routes import NOWHERE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from .places import Place

    Json = dict[str, Any]

_LONG = 6 * 1024
_BODY = 256 * 1024
_HEADERS = 60
_HELD = 24
_CROWDS = 3
FOREIGN = "safedeploy-no-such-proxy.invalid"


def envelopes(found: list[Place], decoys: Decoys) -> Iterator[Json]:
    """Requests that are large in one respect each: below the usual limits, and what applications do send."""
    ports: set[int] = set()
    for place in found:
        # The limits of what comes before the body are those of the port's default server: there is no name yet.
        yield from _envelope(place, decoys, first=place.port not in ports)
        ports.add(place.port)


def _envelope(place: Place, decoys: Decoys, *, first: bool) -> Iterator[Json]:
    local = decoys.plain(place)
    target = local or _proxied(place)
    if target is None:
        return
    if first or not local:
        yield place.ask("envelope", f"{target}?q={'x' * _LONG}", follow=False)
    if first:
        many = {f"X-Safedeploy-{number}": "x" for number in range(_HEADERS)}
        headers = {"Cookie": f"safedeploy={'x' * _LONG}", **many}
        yield place.ask("envelope", target, headers=headers, follow=False, rank=1)
    if local:
        yield place.ask("envelope", local, body_bytes=_BODY, follow=False)


def crowds(found: list[Place], decoys: Decoys) -> Iterator[Json]:
    """One for each port: whether it answers somebody else while some clients are slow."""
    for port, address, tls in listening(found)[:_CROWDS]:
        place = next(one for one in found if (one.port, one.tls) == (port, tls))
        target = decoys.plain(place) or f"/{NOWHERE}"
        yield place.ask("crowd", target, address=address, hold=_HELD, follow=False)


def open_proxies(found: list[Place]) -> Iterator[Json]:
    """One for each port: a request for somebody else's server, whose name does not exist."""
    for port, address, tls in listening(found):
        place = next(one for one in found if (one.port, one.tls) == (port, tls))
        yield place.ask("open-proxy", f"/{NOWHERE}", name=FOREIGN, address=address, absolute=True, follow=False)


def _proxied(place: Place) -> str | None:
    return next((route.path for route in place.routes() if route.why == "proxied" and route.below), None)
