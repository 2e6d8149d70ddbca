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

_LONGEST = 8192


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

    def expand(self, values: tuple[str, ...]) -> tuple[Item, ...] | None:
        """The items that a Use with these values stands for; None where a line becomes longer than httpd takes."""
        if self._pattern is None:
            return self.items
        put_in = {
            name: _escaped(value) if name[0] == "@" else value
            for name, value in zip(self.arguments, values, strict=True)
        }
        made: list[Item] = []
        for item in self.items:
            line = item.line
            text = self._pattern.sub(lambda match: put_in[match[0]], line.text).strip(WHITE)
            if len(text) >= _LONGEST:
                return None
            if text == line.text:
                made.append(item)
            elif text:
                replaced = Line(text, line.number, line.line, line.column, original=line.original or line)
                if (new := item_of(item.path, replaced)) is not None:
                    made.append(new)
        return tuple(made)


def _escaped(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
