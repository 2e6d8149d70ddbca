"""Macro and Use: the text of a macro with its arguments put in (mod_macro).

Arguments are replaced in the text before httpd looks at it: a macro may hold half a section. The names of arguments are
found anywhere, the longest first; those that begin with @ are put in with quotes.
Source: https://github.com/apache/httpd/blob/2.4.x/modules/core/mod_macro.c
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from safedeploy.lint.syntax.lines import WHITE, Line
from safedeploy.lint.syntax.nodes import Item
from safedeploy.lint.syntax.parse import item_of
from safedeploy.lint.syntax.position import Position


@dataclass(frozen=True, kw_only=True)
class Macro:
    """A macro: `name` in lower case, its arguments, and what is in it."""

    name: str
    arguments: tuple[str, ...]
    items: tuple[Item, ...] = field(repr=False)
    position: Position

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        names = sorted((name for name in self.arguments if name), key=len, reverse=True)
        return re.compile("|".join(map(re.escape, names))) if names else None

    def expand(self, values: tuple[str, ...]) -> tuple[Item, ...]:
        """The items that a Use with these values stands for."""
        if self._pattern is None:
            return self.items
        put_in = {
            name: _escaped(value) if name[0] == "@" else value
            for name, value in zip(self.arguments, values, strict=True)
        }
        return tuple(made for item in self.items if (made := _replaced(item, self._pattern, put_in)) is not None)


def _replaced(item: Item, pattern: re.Pattern[str], values: dict[str, str]) -> Item | None:
    line = item.line
    text = pattern.sub(lambda match: values[match[0]], line.text).strip(WHITE)
    if text == line.text:
        return item
    if not text:
        return None
    made = Line(text, line.number, line.line, line.column, original=line.original or line)
    return item_of(item.path, made)


def _escaped(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
