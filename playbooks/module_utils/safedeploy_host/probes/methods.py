"""Questions by other means than a plain GET: OPTIONS, as browsers ask for another site's sake, and encoded slashes."""

from __future__ import annotations

import re

from . import examples
from .question import quoted
from .routes import NOWHERE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from .places import Place

    Json = dict[str, Any]

_ORIGIN = re.compile(r"https?://[\w.:-]+", re.IGNORECASE)
_ALLOW_ORIGIN = "access-control-allow-origin"


def questions(place: Place) -> Iterator[Json]:
    """OPTIONS for the start page and each proxied prefix, with the Origin that a configuration knows, if any."""
    proxied = [quoted(route.path) for route in place.routes() if route.why == "proxied" and route.below]
    origin = _origin(place)
    headers = {"Origin": origin, "Access-Control-Request-Method": "GET"} if origin else {}
    for target in dict.fromkeys(["/", *proxied]):
        yield place.ask("envelope", target, method="OPTIONS", headers=headers, follow=False)
        if origin:
            yield place.ask("envelope", target, headers={"Origin": origin}, rank=1)
    if any(node["name"] == "allowencodedslashes" for _, host in place.hosts for _, node in host.inside):
        for target in dict.fromkeys([*proxied, "/"]):
            yield place.ask("envelope", f"{target.rstrip('/')}/{NOWHERE}%2Fa", follow=False, rank=1)


def _origin(place: Place) -> str | None:
    """An origin that a configuration allows: as it is written in a header, or tested for."""
    for _, host in place.hosts:
        for _, node in host.inside:
            args = [str(arg) for arg in node["args"]]
            low = [arg.lower() for arg in args]
            if node["name"] == "header" and _ALLOW_ORIGIN in low:
                found = _ORIGIN.search(" ".join(args))
                if found:
                    return found.group()
            elif node["name"] in ("setenvif", "setenvifnocase") and low[:1] == ["origin"] and len(args) > 1:
                text = next(iter(examples.examples(args[1], 1)), "")
                if text:
                    return text if "://" in text else f"https://{text}"
    return None
