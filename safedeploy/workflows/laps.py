"""Wall time of the phases of a run."""

from __future__ import annotations

from datetime import UTC, datetime


class Laps:
    """Wall time of each phase, in seconds."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._since = datetime.now(UTC)

    def lap(self, name: str) -> None:
        """The phase `name` has ended."""
        now = datetime.now(UTC)
        self.seconds[name] = (now - self._since).total_seconds()
        self._since = now
