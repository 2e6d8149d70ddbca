"""What a rule found: where, how grave, in words, and with which correction. Pure values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from safedeploy.lint.syntax.position import Position


class Severity(StrEnum):
    """How grave a finding is.

    `error`: the server does not start, answers wrongly, or shows what it must not, and that is certain. `warning`: very
    likely not what was meant. `info`: works, and can be made better.
    """

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One replacement: from the beginning of `position` to its end (exclusive), by `text`."""

    position: Position
    text: str


@dataclass(frozen=True, kw_only=True)
class Fix:
    """A correction that needs no decision of a person: what it does in words, and its edits, which do not overlap."""

    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, kw_only=True)
class Related:
    """Another place that a finding is about, and what is there."""

    position: Position
    text: str


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong at one place. `message` says what it is here, `remedy` what to do about it."""

    rule: str
    severity: Severity
    position: Position
    message: str
    remedy: str
    fix: Fix | None = None
    related: tuple[Related, ...] = field(default=())

    @property
    def path(self) -> str:
        """The file, as httpd would name it."""
        return self.position.path

    @property
    def order(self) -> tuple[object, ...]:
        """Findings are shown by file and line; at one place the gravest first."""
        place = self.position
        return (place.path, place.line, place.column, self.severity.rank, self.rule, self.message)
