"""What a run of the linter came to, with each finding where a person looks for it. Pure values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from safedeploy.core.lint_choice import LintFailure
from safedeploy.core.plain_text import plain_text
from safedeploy.lint.finding import Finding, Severity

LONGEST_LINE = 400


@dataclass(frozen=True, kw_only=True)
class Placed:
    """One finding in the file that is to be corrected: a template of the project, or the file itself.

    `line` is None where it cannot be told which line of a template it is; `column` is None where the template's line
    may begin otherwise. `text` is the offending line as httpd reads it, and `hosts` those that have it.
    """

    finding: Finding
    file: str
    line: int | None
    column: int | None
    text: str = ""
    hosts: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """`file:line:column`, as far as it is known."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`configurations` is how many different ones there were, of `hosts`; `files` how many files were read.

    `ignored` counts the findings that comments and settings leave out; `failed` has rules that failed, with the error;
    `unknown` says what nobody has seen, so that rules which need it were silent.
    """

    findings: tuple[Placed, ...]
    files: tuple[str, ...] = ()
    configurations: int = 1
    hosts: tuple[str, ...] = ()
    ignored: int = 0
    failed: tuple[tuple[str, str], ...] = ()
    unknown: tuple[str, ...] = ()

    def count(self, severity: Severity) -> int:
        """How many findings there are of one severity."""
        return sum(placed.finding.severity is severity for placed in self.findings)

    def refusing(self, fail_on: LintFailure) -> tuple[Placed, ...]:
        """The findings that refuse."""
        return tuple(one for one in self.findings if refuses(one.finding.severity, fail_on))


def refuses(severity: Severity, fail_on: LintFailure) -> bool:
    """Whether a finding of this severity refuses."""
    return fail_on is not LintFailure.NEVER and severity.rank <= Severity(fail_on.value).rank


def counted(outcome: Outcome) -> str:
    """The findings in words: 2 errors, 1 warning."""
    counts = {severity: outcome.count(severity) for severity in Severity}
    words = [_plural(number, severity.value) for severity, number in counts.items() if number]
    return ", ".join(words) or "no findings"


def _plural(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 or word == "info" else f"{number} {word}s"


def shown(text: str) -> str:
    """A line fit to be shown, each letter in its column; nothing of one that is too long to be read."""
    plain = text.expandtabs(1).rstrip()
    if len(plain) > LONGEST_LINE:
        return ""
    return " " * (len(plain) - len(plain.lstrip())) + plain_text(plain)


def in_order(placed: Iterable[Placed]) -> tuple[Placed, ...]:
    """By file and line; at one place the gravest first."""
    return tuple(sorted(placed, key=lambda one: (one.file, one.line or 0, one.column or 0, *one.finding.order)))
