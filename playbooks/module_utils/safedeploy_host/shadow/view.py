"""What the probes see of a shadow from inside."""

from __future__ import annotations

import time

from .. import plain_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .logs import Logs

    Json = dict[str, Any]


class Shadow:
    """A shadow with its httpd running: `site`, `pid` of the parent, `deadline` (time.monotonic) for all of the work."""

    def __init__(self, site: Json, pid: int, logs: Logs, deadline: float) -> None:
        self.site = site
        self.pid = pid
        self.deadline = deadline
        self._logs = logs
        logs.follow(pid)
        self.boot_lines = logs.error_lines()
        self.all_lines: list[str] = []

    @property
    def remaining(self) -> float:
        """Seconds until the shadow is ended."""
        return max(0.0, self.deadline - time.monotonic())

    def error_lines(self) -> list[str]:
        """The new lines of all error logs since the last call; those of the start are not among them."""
        lines = self._logs.error_lines()
        self.all_lines += lines
        return lines

    def log_counts(self) -> dict[str, int]:
        """{path of a log: lines since the start}, for every log but the main error log."""
        return self._logs.counts()

    def read(self, path: str) -> bytes:
        """A regular file of a bounded size as this shadow has it. Raises OSError."""
        return plain_file.read(path)
