"""From the bytes of one file to directives and sections. Any bytes are taken; what httpd refuses becomes a problem.

Follows ap_build_config_sub. Each file stands by itself, as for httpd: a section ends in the file that it begins in.
Source: https://github.com/apache/httpd/blob/2.4.x/server/config.c
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from safedeploy.lint.syntax.lines import Line, decode, lines
from safedeploy.lint.syntax.nodes import Closing, Directive, Item, Opening, Section
from safedeploy.lint.syntax.position import SyntaxProblem
from safedeploy.lint.syntax.tree import Tree, build
from safedeploy.lint.syntax.words import first


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """One file. `items` are its directives and the first and last lines of its sections, in order."""

    path: str
    items: tuple[Item, ...] = field(repr=False)

    @cached_property
    def _tree(self) -> Tree:
        return build(self.items)

    @property
    def nodes(self) -> tuple[Directive | Section, ...]:
        """The file as a tree; sections that are not well nested are put where they most likely belong."""
        return self._tree.nodes

    @property
    def problems(self) -> tuple[SyntaxProblem, ...]:
        """What httpd refuses when it reads all of this file, in the order in which it would find it."""
        return self._tree.problems


@lru_cache(maxsize=8192)
def parse(path: str, content: bytes) -> Parsed:
    """Parse a file. The same path with the same content is parsed once in the life of the program."""
    return Parsed(path=path, items=tuple(item for line in lines(decode(content)) if (item := item_of(path, line))))


def item_of(path: str, line: Line) -> Item | None:
    """What a line is; None for a comment and for what httpd skips as if it were one."""
    return None if line.text[0] == "#" else command_of(path, line)


def command_of(path: str, line: Line) -> Item | None:
    """What a line is that is no comment, not even if it begins as one after variables have been replaced."""
    text = line.text
    name, start = first(text)
    if not name:
        return None
    if name.startswith("</"):
        ended = name.endswith(">")
        return Closing(
            path=path, line=line, name=name[2:-1] if ended else name[2:], start=start, end=len(text), ended=ended
        )
    # httpd takes one bracket from the end of any name, whatever follows it.
    name = name.removesuffix(">")
    if not name.startswith("<"):
        return Directive(path=path, line=line, name=name, start=start, end=len(text)) if name else None
    if start == len(text):
        return Opening(path=path, line=line, name=name[1:], start=start, end=start)
    bracket = text.rfind(">", start)
    end = bracket if bracket >= 0 else len(text)
    return Opening(path=path, line=line, name=name[1:], start=start, end=end, ended=bracket >= 0)
