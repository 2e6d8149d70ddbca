"""Errors that a person can act on.

Every error that reaches the screen carries four parts: a stable code, what happened, what state the fleet is in now and
what to do next. Exit codes are the published ones of docs/exit-codes.md.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of the command line; documented in docs/exit-codes.md."""

    OK = 0
    BUG = 1
    USAGE = 2
    INVALID = 3
    REFUSED = 4
    LEASE_HELD = 5
    REVERTED = 6
    STRANDED = 7
    DIFFERENCES = 8
    UNREACHABLE = 9
    HOOK_FAILED = 10
    INTERRUPTED = 130


NOTHING_CHANGED = "Nothing was changed on any host."


class SafedeployError(Exception):
    """An expected failure, with the four parts that a person needs.

    `code` is a stable, lower-case, hyphenated name (`settings-unknown-key`); `exit_code` is what the process exits
    with.
    """

    def __init__(
        self,
        code: str,
        what: str,
        *,
        next_step: str,
        state: str = NOTHING_CHANGED,
        exit_code: ExitCode = ExitCode.INVALID,
    ) -> None:
        super().__init__(what)
        self.code = code
        self.what = what
        self.state = state
        self.next_step = next_step
        self.exit_code = exit_code
