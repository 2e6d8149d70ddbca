"""Sections as a tree, and what is not well nested.

Without knowing which conditions hold, a file is checked as if all did; safedeploy.lint.resolve knows more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from safedeploy.lint.syntax.nodes import Closing, Directive, Item, Opening, Section, lower
from safedeploy.lint.syntax.position import SyntaxProblem

# Sections that httpd decides on while it reads. The end of the file ends them too when their condition holds.
CONDITIONS = frozenset({"ifmodule", "ifdefine", "ifversion", "iffile", "ifdirective", "ifsection"})

# How far outwards the beginning of a section is looked for when sections are not well nested.
FARTHEST = 100


@dataclass(frozen=True, kw_only=True)
class Tree:
    """The nodes of a file and what httpd refuses in it."""

    nodes: tuple[Directive, ...]
    problems: tuple[SyntaxProblem, ...]


@dataclass(kw_only=True)
class _Open:
    opening: Opening
    body: list[Directive] = field(default_factory=list)


def build(items: Iterable[Item]) -> Tree:
    """Put the items of a file into each other."""
    top: list[Directive] = []
    opened: list[_Open] = []
    problems: list[SyntaxProblem] = []
    late: list[SyntaxProblem] = []
    # httpd only looks for the end of a macro, whatever is in it.
    macros = 0
    for item in items:
        if isinstance(item, Closing):
            if macros:
                macros -= item.key == "macro" and item.ended
            elif found := complaint(item, opened[-1].opening if opened else None):
                problems.append(found)
            _close(item, opened, top)
        elif isinstance(item, Opening):
            if not item.ended and not macros:
                late.append(not_ended(item))
            macros += item.key == "macro"
            opened.append(_Open(opening=item))
        else:
            (opened[-1].body if opened else top).append(item)
    outer = next((n for n, each in enumerate(opened) if each.opening.key == "macro"), len(opened))
    problems += never_closed([each.opening for each in opened[: outer + 1]])
    while opened:
        _end(opened, top, None)
    return Tree(nodes=tuple(top), problems=(*problems, *late))


def complaint(closing: Closing, opening: Opening | None) -> SyntaxProblem | None:
    """What httpd finds wrong with the end of a section, `opening` being the innermost open section."""
    text = None
    if opening is None:
        text = f"</{closing.name}> ends a section that was not begun in this file"
    elif not closing.ended:
        text = f"</{closing.name} lacks its closing >"
    elif closing.key != opening.key:
        text = f"</{closing.name}> stands where </{opening.name}> is due, for line {opening.named_line}"
    elif opening.key in CONDITIONS and lower(closing.line.text) != f"</{closing.key}>":
        text = f"nothing may follow </{closing.name}> on its line"
    return _problem(closing, text) if text else None


def not_ended(opening: Opening) -> SyntaxProblem:
    """The problem of a section whose first line lacks its bracket."""
    early = opening.key in CONDITIONS or opening.key == "macro"
    return _problem(opening, f"<{opening.name} lacks its closing >", when="read" if early else "walk")


def never_closed(opened: list[Opening]) -> list[SyntaxProblem]:
    """The problems of sections that are open at the end of the file. httpd names the outermost."""
    return [_problem(opening, f"<{opening.name}> is never closed in this file") for opening in opened]


def _problem(item: Directive, text: str, when: str = "read") -> SyntaxProblem:
    return SyntaxProblem(position=item.position, named_line=item.named_line, text=text, when=when)


def _close(closing: Closing, opened: list[_Open], top: list[Directive]) -> None:
    nearest = range(len(opened) - 1, max(-1, len(opened) - 1 - FARTHEST), -1)
    depth = next((n for n in nearest if opened[n].opening.key == closing.key), None)
    if depth is None:
        return
    while len(opened) > depth + 1:
        _end(opened, top, None)
    _end(opened, top, closing)


def _end(opened: list[_Open], top: list[Directive], closing: Closing | None) -> None:
    last = opened.pop()
    opening = last.opening
    section = Section(
        path=opening.path,
        line=opening.line,
        name=opening.name,
        start=opening.start,
        end=opening.end,
        ended=opening.ended,
        body=tuple(last.body),
        closing=closing,
    )
    (opened[-1].body if opened else top).append(section)
