"""Questions about the paths that the configurations name: aliases, redirects, rewrites, locations, proxied prefixes."""

from __future__ import annotations

import os

from . import handlers
from .question import quoted
from .routes import NOWHERE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from .places import Place

    Json = dict[str, Any]

ACME = "/.well-known/acme-challenge/"
_BELOW = ("proxied", "alias", "location")
_HANDLED = 3


def questions(place: Place) -> Iterator[Json]:
    """Each path, and something that is not there below it."""
    if not any(content.prefix == "/" for content in place.contents()):
        # Elsewhere a decoy is there.
        yield place.ask("location", f"{ACME}{NOWHERE}", rank=1)
    for route in place.routes():
        path = route.path
        if route.base:
            base = place.path_of(os.path.normpath(route.base))
            if base is None:
                continue
            path = base.rstrip("/") + path
        target = quoted(path)
        yield place.ask(route.why, target)
        if route.below and route.why in _BELOW:
            yield place.ask(route.why, target.rstrip("/") + f"/{NOWHERE}", rank=1)
    for extension in sorted({one for _, host in place.hosts for one in handlers.given_away(host)})[:_HANDLED]:
        # Whoever runs scripts says that this one is not there; if nobody can be reached, it is httpd that says so.
        yield place.ask("proxied", f"/{NOWHERE}{extension}", rank=1)
