"""The places that a push touches: whose own lines differ, name a changed file, or serve one. Reads links alone."""

from __future__ import annotations

import os

from . import nodes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Mapping

    from .places import Place
    from .site_map import Host

    Json = dict[str, Any]


def touched(found: Iterable[Place], changes: Mapping[str, Json]) -> set[str]:
    """The keys of the places of which a push changes what is said, or what is served."""
    changed = {path for each in changes for path in (each, os.path.realpath(each))}
    return {place.key for place in found if _differs(place) or _names(place, changed) or _serves(place, changed)}


def _differs(place: Place) -> bool:
    """Whether its virtual hosts are not the same on both sides, wherever their lines stand."""
    live = place.live()
    candidate = [host for _, host in place.hosts if host not in live]
    return list(map(_lines, live)) != list(map(_lines, candidate))


def _lines(host: Host) -> list[tuple[object, ...]]:
    return [(len(around), node["name"], *node["args"]) for around, node in nodes.walk(host.own)]


def _names(place: Place, changed: set[str]) -> bool:
    return any(arg in changed for _, host in place.hosts for _, node in nodes.walk(host.own) for arg in node["args"])


def _serves(place: Place, changed: set[str]) -> bool:
    roots = tuple(os.path.normpath(content.directory).rstrip("/") + "/" for content in place.contents())
    return any(path.startswith(roots) for path in changed)
