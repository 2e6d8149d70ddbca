"""The tree of a configuration from its files, where httpd does not print its own: sections nested, conditions applied.

Less sure than httpd's own: macros are not expanded, and <IfVersion>, <IfFile> and <IfDirective> count as true.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable

    from ..directives import Directive, Reader

    Json = dict[str, Any]

_CONDITIONS = {"ifmodule", "ifdefine", "ifversion", "iffile", "ifdirective", "ifsection"}
# httpd obeys these while it reads, and its own tree does not have them either.
_WHILE_READING = {
    "loadmodule", "loadfile", "include", "includeoptional", "define", "undefine", "macro", "use", "error", "serverroot",
    "defaultruntimedir",
}  # fmt: skip


def tree(directives: Iterable[Directive], reader: Reader) -> list[Json]:
    """The nodes of the directives that apply. A section that is never closed ends with the text."""
    from .parsed import words

    found: list[Json] = []
    inside: list[tuple[str, list[Json]]] = [("", found)]
    for directive in directives:
        name = directive.name.lstrip("</")
        if name in _CONDITIONS or name in _WHILE_READING:
            continue
        if directive.name.startswith("</"):
            if any(name == opened for opened, _ in inside[1:]):
                while inside.pop()[0] != name:
                    pass
            continue
        raw = reader.expand(directive.raw)
        section = directive.name.startswith("<")
        node: Json = {
            "name": name,
            "args": words(raw),
            "raw": raw,
            "file": directive.file,
            "line": directive.line,
            "children": [] if section else None,
        }
        inside[-1][1].append(node)
        if section:
            inside.append((name, node["children"]))
    return found
