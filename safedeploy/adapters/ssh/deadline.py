"""One deadline over many timeouts: how much is left of the whole."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from safedeploy.adapters.ssh.reply import Kind, UnreachableError


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """`seconds` from its making; `what` is named when it has passed."""

    seconds: float
    what: str
    _end: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_end", time.monotonic() + self.seconds)

    def left(self) -> float:
        """Seconds left, more than nought. Raises UnreachableError(timeout) when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise self.passed()
        return left

    def passed(self) -> UnreachableError:
        """The failure to raise when the time is up."""
        return UnreachableError(Kind.TIMEOUT, f"{self.what} took longer than {self.seconds:g} s.")
