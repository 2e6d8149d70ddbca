"""Questions by name: each server name and alias, at each address that matters, and names that no virtual host has."""

from __future__ import annotations

import os
import re

from .places import listening

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from .places import Place

    Json = dict[str, Any]

STRANGER = "safedeploy-no-such-site.invalid"
_WILD = re.compile(r"[*?]")
_INDEX = ("index.html", "index.htm")


def questions(found: list[Place]) -> Iterator[Json]:
    """The start page of everything that has a name, the ordinary address first."""
    for place in found:
        yield place.ask("name", "/", file=_index(place))
    for place in found:
        for alias in place.aliases:
            yield place.ask("name", "/", name=_WILD.sub("safedeploy", alias), rank=1)
    for port, address, tls in listening(found):
        place = next(one for one in found if (one.port, one.tls) == (port, tls))
        yield place.ask("name", "/", name=STRANGER, address=address, rank=1)
    for place in found:
        for address in place.at[1:]:
            yield place.ask("name", "/", address=address, rank=2)


def _index(place: Place) -> str | None:
    """The file that the start page most likely is."""
    for content in place.contents():
        if content.prefix == "/":
            for name in _INDEX:
                path = os.path.join(content.directory, name)
                if os.path.isfile(path):
                    return path
    return None
