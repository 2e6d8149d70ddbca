"""Reading the parsed tree of a configuration (the `tree` of an Effective document). Pure."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator, Tuple

    Json = dict[str, Any]
    Around = Tuple[Json, ...]

_QUOTES = "\"'"


def walk(nodes: Iterable[Json], around: Around = ()) -> Iterator[tuple[Json, Around]]:
    """Every node below `nodes`, in httpd's order, with the sections around it, outermost first."""
    for node in nodes:
        yield node, around
        if node.get("children"):
            yield from walk(node["children"], (*around, node))


def words(raw: str) -> list[str]:
    """The arguments of a directive, divided and unquoted as httpd does it (ap_getword_conf in server/util.c)."""
    found = []
    rest = raw.strip()
    while rest:
        word, rest = _word(rest)
        found.append(word)
    return found


def _word(text: str) -> tuple[str, str]:
    if text[0] not in _QUOTES:
        word, _, rest = text.partition(" ")
        head, tab, tail = word.partition("\t")
        return head, (tail + " " + rest if tab else rest).strip()
    quote, position, letters = text[0], 1, []
    while position < len(text) and text[position] != quote:
        if text[position] == "\\" and text[position + 1 : position + 2] in (quote, "\\"):
            position += 1
        letters.append(text[position])
        position += 1
    return "".join(letters), text[position + 1 :].strip()


def place(node: Json) -> str:
    """Where the node stands: file:line."""
    return f"{node.get('file')}:{node.get('line')}"


def last(nodes: Iterable[Json], name: str) -> Json | None:
    """The last of the nodes with that name: the one that counts for a directive that is set and not added to."""
    found = [node for node in nodes if node["name"] == name]
    return found[-1] if found else None


def section(around: Around, *names: str) -> Json | None:
    """The innermost of the sections that has one of the names."""
    return next((node for node in reversed(around) if node["name"] in names), None)


def is_regex(node: Json) -> bool:
    """Whether a section or directive takes a regular expression: <LocationMatch x>, or <Location ~ x>."""
    return bool(node["name"].endswith("match") or node["args"][:1] == ["~"])


def argument(node: Json) -> str:
    """What a section is about: its last argument, without the tilde."""
    return str(node["args"][-1]) if node["args"] else ""
