"""What the questions need to know of the nodes of an effective configuration, beyond walking its tree. Pure."""

from __future__ import annotations

from ..effective.nodes import place, value, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Tuple

    Json = dict[str, Any]
    Around = Tuple[Json, ...]

_INERT = ("addicon", "addlanguage", "addcharset", "addencoding", "addalt", "browsermatch", "loadmodule", "define")

__all__ = ["argument", "inside", "is_regex", "place", "section", "value", "walk"]


def inside(tree: Iterable[Json]) -> list[tuple[Around, Json]]:
    """Every node of a virtual host, or of the main server without its virtual hosts, with the sections around it.

    Without those that no request depends on, of which a distribution's configuration has hundreds.
    """
    return [
        (around, node)
        for around, node in walk(one for one in tree if one["name"] != "virtualhost")
        if not node["name"].startswith(_INERT)
    ]


def section(around: Around, *names: str) -> Json | None:
    """The innermost of the sections that has one of the names."""
    return next((node for node in reversed(around) if node["name"] in names), None)


def is_regex(node: Json) -> bool:
    """Whether a section or directive takes a regular expression: <LocationMatch x>, or <Location ~ x>."""
    return bool(node["name"].endswith("match") or node["args"][:1] == ["~"])


def argument(node: Json) -> str:
    """What a section is about: its last argument, without the tilde."""
    return str(node["args"][-1]) if node["args"] else ""
