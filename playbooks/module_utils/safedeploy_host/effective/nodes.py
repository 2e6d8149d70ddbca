"""Walks the tree of an effective configuration. Pure.

A *scope* is where a directive stands: the sections around it, outermost first. Two directives are the same one when
scope, name and text are equal, wherever their file and line.
"""

from __future__ import annotations

from ..later import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator, Tuple

    Json = dict[str, Any]
    Scope = Tuple[Json, ...]

# mod_macro names the lines that it makes so; line numbers are counted from the macro's own first line.
_MACRO = regex(r'^macro .* used on line (?P<line>\d+) of "(?P<file>[^"]*)"$')


def walk(nodes: Iterable[Json], scope: Scope = ()) -> Iterator[tuple[Scope, Json]]:
    """Every node with its scope, in httpd's order, sections before what they hold."""
    for node in nodes:
        yield scope, node
        if node["children"]:
            yield from walk(node["children"], (*scope, node))


def named(nodes: Iterable[Json], *names: str) -> Iterator[tuple[Scope, Json]]:
    """The nodes of these names, at any depth."""
    for scope, node in walk(nodes):
        if node["name"] in names:
            yield scope, node


def virtual_host(scope: Scope) -> Json | None:
    """The <VirtualHost> around a node; None in the main server."""
    return next((node for node in scope if node["name"] == "virtualhost"), None)


def value(nodes: Iterable[Json] | None, name: str) -> Json | None:
    """The last directive of this name directly among `nodes`: the one that counts."""
    found = None
    for node in nodes or ():
        if node["name"] == name:
            found = node
    return found


def key(scope: Scope, node: Json) -> tuple[str, ...]:
    """What makes it the same directive wherever it stands in the files."""
    return (*(f"<{part['name']} {squeezed(part)}" for part in scope), node["name"], squeezed(node))


def squeezed(node: Json) -> str:
    """Its arguments as one text in which blanks and quotes make no difference."""
    return " ".join(node["args"])


def place(node: Json) -> str:
    """`file:line` for people."""
    return spot(node["file"], node["line"])


def spot(file: str, line: int) -> str:
    """`file:line`; for what a macro made, the line that used it."""
    match = _MACRO.match(file)
    return f"{match.group('file')}:{match.group('line')}" if match else f"{file}:{line}"
