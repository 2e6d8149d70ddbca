"""What may be chosen of the linter by a word: the command line knows the words without loading anything else."""

from __future__ import annotations

from enum import StrEnum


class LintProfile(StrEnum):
    """Which rules of the linter are on. Each profile has those of the ones before it."""

    MINIMAL = "minimal"
    DEFAULT = "default"
    STRICT = "strict"

    def includes(self, other: LintProfile) -> bool:
        """Whether a rule that is on from `other` on is on here."""
        return list(LintProfile).index(other) <= list(LintProfile).index(self)


class LintFailure(StrEnum):
    """From which severity on a finding of the linter refuses a push."""

    ERROR = "error"
    WARNING = "warning"
    NEVER = "never"
