"""Regular expressions that match everything, or nothing, by a slip."""

from __future__ import annotations

from .. import regexes
from ..nodes import walk
from ..raised import Raised

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ..host import Host

    Json = dict[str, Any]

# Which argument is a regular expression.
_PATTERN = {
    "setenvif": 1, "setenvifnocase": 1, "browsermatch": 0, "browsermatchnocase": 0, "rewriterule": 0, "rewritecond": 1,
    "redirectmatch": -2, "aliasmatch": 0, "scriptaliasmatch": 0, "proxypassmatch": 0, "locationmatch": 0,
    "directorymatch": 0, "filesmatch": 0, "proxymatch": 0,
}  # fmt: skip
_NOT_A_PATTERN = ("-", "=", "<", ">", "!-", "!=", "!<", "!>", "expr")


def empty_branch(effective: Json, host: Host) -> Iterator[Raised]:  # noqa: ARG001 -- every rule is called alike
    """A pattern that matches everything, because a branch of it is empty."""
    for scope, node in walk(effective["tree"]):
        pattern = pattern_of(node)
        if pattern and regexes.matches_all_by_an_empty_branch(pattern):
            yield Raised(
                "pattern-matches-all",
                f"The pattern {pattern} has an empty alternative, and so matches everything",
                node=node,
                scope=scope,
                remedy="Remove the `|` that has nothing on one side",
            )


def slash_in_a_file_name(effective: Json, host: Host) -> Iterator[Raised]:  # noqa: ARG001 -- as above
    """<Files> or <FilesMatch> with a slash: they see the last part of a path alone, which has none."""
    for scope, node in walk(effective["tree"]):
        words = node["args"]
        plain = node["name"] == "files" and len(words) == 1 and "/" in words[0]
        pattern = pattern_of(node) if node["name"] in ("files", "filesmatch") else ""
        if plain or (pattern and (pattern.startswith("/") or regexes.always_begins_with(pattern, "/"))):
            yield Raised(
                "pattern-never-matches",
                f"<{node['name'].title().replace('match', 'Match')} {node['raw']}> can never match: it is compared with"
                " the file's own name, which holds no slash",
                node=node,
                scope=scope,
                remedy="Leave the directory out of the pattern, or use <Directory> or <Location> for it",
            )


def pattern_of(node: Json) -> str:
    """The regular expression of a directive; empty where it has none."""
    name, args = node["name"], node["args"]
    if name in ("files", "directory", "location", "proxy") and len(args) > 1 and args[0] == "~":
        return str(args[1])
    index = _PATTERN.get(name)
    if index is None or len(args) < max(index + 1, -index):
        return ""
    pattern = str(args[index])
    if name == "rewritecond" and (pattern.startswith(_NOT_A_PATTERN) or args[0] == "expr"):
        return ""
    return pattern.lstrip("!")
