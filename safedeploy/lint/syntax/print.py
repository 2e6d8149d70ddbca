"""Directives as text from which httpd, and our parser, reads the same directives again."""

from __future__ import annotations

from collections.abc import Iterable

from safedeploy.lint.syntax.nodes import Directive, Opening, Section
from safedeploy.lint.syntax.words import quoted


def render(nodes: Iterable[Directive], indent: str = "") -> str:
    """The text of nodes: one line each, what is in a section deeper by four spaces."""
    waiting: list[tuple[str, Directive | str]] = []
    waiting += [(indent, node) for node in nodes][::-1]
    written: list[str] = []
    while waiting:
        indent, node = waiting.pop()
        if isinstance(node, str):
            written.append(indent + node)
            continue
        written.append(indent + _header(node))
        if isinstance(node, Section):
            if node.closing is not None:
                waiting.append((indent, quoted(f"</{node.closing.name}>")))
            waiting += [(indent + "    ", inner) for inner in reversed(node.body)]
    return "".join(f"{line}\n" for line in written)


def _header(node: Directive) -> str:
    raw = node.raw
    if not isinstance(node, Opening):
        # httpd takes one bracket from the end of a name.
        name = quoted(node.name + (">" if node.name.endswith(">") else ""))
        line = f"{name} {raw}" if raw else name
    elif raw.strip():
        name = quoted("<" + node.name + (">" if node.name.endswith(">") else ""))
        line = f"{name} {raw}" + (">" if node.ended else "")
    else:
        line = quoted(f"<{node.name}>")
    # A backslash at the end of a line would join the next.
    return line + " " if line.endswith("\\") else line
