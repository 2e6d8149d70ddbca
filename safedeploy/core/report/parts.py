"""What a report is made of. Texts are plain: whoever makes HTML or Markdown of them escapes them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Text:
    """A paragraph."""

    text: str
    kind: str = field(default="text", init=False)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Names with their values."""

    rows: tuple[tuple[str, str], ...]
    kind: str = field(default="facts", init=False)


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows below a head; `caption` says what they are of. `tones`: for each row "good", "bad", "warn" or ""."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    tones: tuple[str, ...] = ()
    kind: str = field(default="table", init=False)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A drawing, as SVG of our own making; `summary` says in words what is to be seen."""

    caption: str
    summary: str
    svg: str = field(repr=False)
    kind: str = field(default="picture", init=False)


@dataclass(frozen=True, kw_only=True)
class Diff:
    """A unified difference, masked; `note` says what is not shown."""

    title: str
    text: str = field(repr=False)
    note: str = ""
    kind: str = field(default="diff", init=False)


@dataclass(frozen=True, kw_only=True)
class Block:
    """Lines to be read letter by letter: messages, commands."""

    title: str
    text: str
    kind: str = field(default="block", init=False)


@dataclass(frozen=True, kw_only=True)
class Tasks:
    """Things to do, each with a command line where there is one."""

    items: tuple[tuple[str, str], ...]
    kind: str = field(default="tasks", init=False)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What no record tells, for a person to answer."""

    text: str
    kind: str = field(default="question", init=False)


Part = Text | Facts | Table | Picture | Diff | Block | Tasks | Question


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading with what stands below it; `anchor` is its name in links."""

    title: str
    anchor: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A whole report. `tone` is how it ended: "good", "bad", "warn" or "". `made` says when and by which version."""

    title: str
    subtitle: str
    tone: str
    sections: tuple[Section, ...]
    made: str = ""

    @property
    def questions(self) -> tuple[str, ...]:
        """What is left to be answered."""
        return tuple(part.text for section in self.sections for part in section.parts if isinstance(part, Question))
