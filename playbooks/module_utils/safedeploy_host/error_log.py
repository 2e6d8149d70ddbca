"""What httpd has written to its main error log since a moment: why it died, or that it has loaded its configuration."""

from __future__ import annotations

import os
import stat

from .later import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Json = dict[str, Any]

LIMIT = 256 * 1024
_LINES = 12
# AH00163 (prefork, worker) and AH00489 (event) in each MPM: "... configured -- resuming normal operations".
_RESUMED = regex(r"\bAH(?:00163|00292|00489)\b|-- resuming normal operations")
# An ErrorLogFormat may leave the level out; a line that has one of these is worth more than one that has not.
_GRAVE = regex(r"\b(?:emerg|alert|crit|error)\]|\bAH\d{5}\b|unable to|[Ff]ailed|[Ee]rror")
_ORDINARY = regex(r":(?:notice|info|debug|trace\d)\]")


class ErrorLog:
    """The main error log from its present end on. A log that is a pipe, syslog or unreadable has no lines."""

    def __init__(self, path: str | None) -> None:
        # Otherwise it is a pipe ("|program") or syslog.
        self.path = path if path and path.startswith("/") else None
        self._inode, self._offset = self._end()

    @property
    def readable(self) -> bool:
        """Whether lines can be expected here."""
        return self._inode is not None

    def new_lines(self) -> list[str]:
        """The lines since then, at most the last 256 KiB, also when the log has been rotated or created meanwhile."""
        if self.path is None:
            return []
        inode, end = self._end()
        if inode is None:
            return []
        start = self._offset if inode == self._inode and end >= self._offset else 0
        try:
            with open(self.path, "rb") as stream:
                stream.seek(max(start, end - LIMIT))
                return stream.read(LIMIT).decode("utf-8", "replace").splitlines()
        except OSError:
            return []

    def resumed(self) -> str | None:
        """The newest line that says that the server has taken up its work, or None."""
        return next((line for line in reversed(self.new_lines()) if _RESUMED.search(line)), None)

    def grave_lines(self) -> list[str]:
        """The last dozen lines that tell of a failure; the last lines of any kind when none does."""
        lines = self.new_lines()
        grave = [line for line in lines if _GRAVE.search(line) and not _ORDINARY.search(line)]
        return (grave or lines)[-_LINES:]

    def _end(self) -> tuple[int | None, int]:
        try:
            status = os.stat(self.path) if self.path else None
        except OSError:
            return None, 0
        if status is None or not stat.S_ISREG(status.st_mode):
            return None, 0
        return status.st_ino, status.st_size
