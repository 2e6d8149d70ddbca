"""Comments that say that a finding is meant to be so: `# safedeploy: ignore RULE[,RULE] reason`.

Such a comment stands on a line of its own and covers the directive that follows it; before the first line of a section,
all of the section. `ignore-file` covers the whole file. The reason is required: a comment without one ignores nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.syntax.lines import decode, lines
from safedeploy.lint.syntax.nodes import Directive, Section
from safedeploy.lint.syntax.parse import parse
from safedeploy.lint.syntax.position import Position

_COMMENT = re.compile(r"#+\s*safedeploy:\s*(ignore(?:-file)?)\b[ \t]*([A-Za-z0-9-]+(?:\s*,\s*[A-Za-z0-9-]+)*)?\s*(.*)")
_MARK = b"safedeploy:"


@dataclass(frozen=True, kw_only=True)
class Ignore:
    """One comment. `first` and `last` are the lines that it covers; nothing when `last` is less."""

    position: Position
    rules: tuple[str, ...]
    reason: str
    first: int
    last: int

    def covers(self, rule: str, position: Position) -> bool:
        """Whether it is about this finding, reason or not."""
        return rule in self.rules and position.path == self.position.path and self.first <= position.line <= self.last


@lru_cache(maxsize=8192)
def ignores(path: str, content: bytes) -> tuple[Ignore, ...]:
    """The comments of a file, in order."""
    if _MARK not in content:
        return ()
    return tuple(_ignores(path, content))


def comments(configuration: Configuration) -> tuple[Ignore, ...]:
    """The comments of every file that httpd would read."""
    read = dict.fromkeys(statement.position.path for statement in configuration.statements)
    read |= dict.fromkeys(one.path for one in configuration.htaccess)
    contents = {path: configuration.files.content(path) for path in read}
    return tuple(one for path, content in contents.items() if content for one in ignores(path, content))


def _ignores(path: str, content: bytes) -> Iterator[Ignore]:
    text = decode(content)
    for line in lines(text):
        match = _COMMENT.match(line.text)
        if match is None:
            continue
        end_line, end_column = line.place(len(line.text) - 1)
        position = Position(path=path, line=line.line, column=line.column, end_line=end_line, end_column=end_column + 1)
        if match[1] == "ignore-file":
            first, last = 1, text.count("\n") + 2
        else:
            first, last = _next(parse(path, content).nodes, line.number)
        names = tuple(name.strip() for name in (match[2] or "").split(",") if name.strip())
        yield Ignore(position=position, rules=names, reason=match[3].strip(), first=first, last=last)


def _next(nodes: Iterable[Directive], after: int) -> tuple[int, int]:
    """The first and last line of the first directive or section behind a line."""
    for node in _walk(nodes):
        if node.position.line > after:
            closing = node.closing if isinstance(node, Section) else None
            return node.position.line, (closing or node).position.end_line
    return 1, 0


def _walk(nodes: Iterable[Directive]) -> Iterator[Directive]:
    for node in nodes:
        yield node
        if isinstance(node, Section):
            yield from _walk(node.body)
