"""What a configuration file consists of: directives, the beginnings and ends of sections, and sections as a tree."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from safedeploy.lint.syntax.lines import WHITE, Line
from safedeploy.lint.syntax.position import Position
from safedeploy.lint.syntax.words import Word, spans, split


def lower(name: str) -> str:
    """As httpd compares names: only the letters of ASCII have a case."""
    return name.lower() if name.isascii() else name


@dataclass(frozen=True, kw_only=True)
class Directive:
    """One directive: `name` as written, `start` and `end` the bounds of its arguments in the text of `line`."""

    path: str
    line: Line
    name: str
    start: int
    end: int

    @cached_property
    def key(self) -> str:
        """The name in lower case; of a section without its bracket."""
        return lower(self.name)

    @property
    def raw(self) -> str:
        """The arguments as written, continued lines joined."""
        return self.line.text[self.start : self.end]

    @property
    def named_line(self) -> int:
        """The line that httpd names for it in a message."""
        return self.line.number

    @cached_property
    def arguments(self) -> tuple[str, ...]:
        """The texts of the arguments, without quotes and escapes; variables are as written."""
        return split(self.raw)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The arguments with their positions."""
        return tuple(
            Word(text=text, position=self.between(start, end), quoted=is_quoted)
            for text, start, end, is_quoted in spans(self.line.text, self.start, self.end)
        )

    @cached_property
    def position(self) -> Position:
        """Of the whole directive; of a section, of its first line."""
        return self.between(0, len(self.line.text))

    @cached_property
    def name_position(self) -> Position:
        """Of the name, with a section's bracket."""
        return self.between(0, len(self.line.text[: self.start].rstrip(WHITE)) or len(self.line.text))

    def between(self, start: int, end: int) -> Position:
        """The position of a part of the line's text."""
        text = self.line
        if text.original is not None:
            text = text.original
            start, end = 0, len(text.text)
        line, column = text.place(start)
        end_line, end_column = text.place(max(end - 1, start))
        return Position(path=self.path, line=line, column=column, end_line=end_line, end_column=end_column + 1)


@dataclass(frozen=True, kw_only=True)
class Opening(Directive):
    """The first line of a section. `ended` says whether its bracket is closed: httpd refuses it otherwise."""

    ended: bool = True


@dataclass(frozen=True, kw_only=True)
class Closing(Directive):
    """The last line of a section; `name` is the section's. `ended` is as with the first."""

    ended: bool = True


@dataclass(frozen=True, kw_only=True)
class Section(Opening):
    """A section with what is in it. `closing` is None where the file ends before the section does."""

    body: tuple[Directive, ...] = ()
    closing: Closing | None = None


Item = Directive | Opening | Closing
