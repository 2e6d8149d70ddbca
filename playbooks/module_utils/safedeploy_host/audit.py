"""One line for every change on this host, in `audit.jsonl` and in syslog. Names and digests only, never content."""

from __future__ import annotations

import json
import os

from . import fsio

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


ACTIVATED = ("activated", "unchanged", "confirmed", "reverted", "stranded")
STARTED_OVER = "started-over"


class Audit:
    """The append-only record `audit.jsonl`."""

    def __init__(self, path: str) -> None:
        self.path = path

    def write(self, event: str, now: str, **facts: Any) -> None:
        """Append one event, durably, and tell syslog. A full disk stops no revert: syslog then has the only copy.

        A line that was torn by a death or a full disk stays by itself: the next one begins on its own line.
        """
        line = json.dumps({"at": now, "event": event, **facts}, sort_keys=True)
        try:
            fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            try:
                size = os.lseek(fd, 0, os.SEEK_END)
                torn = size > 0 and os.pread(fd, 1, size - 1) != b"\n"
                fsio.write_all(fd, b"\n" * torn + line.encode() + b"\n")
                os.fsync(fd)
            finally:
                os.close(fd)
            if size == 0:
                fsio.sync_directory(os.path.dirname(self.path))
        except OSError as error:
            line = f"{line} (not in audit.jsonl: {error})"
        _syslog(line)

    def lines(self) -> list[str]:
        """Every line written so far."""
        return (fsio.read_file(self.path) or b"").decode(errors="replace").splitlines()

    def tells_of_activations(self) -> bool:
        """Whether anything was ever activated here, since the host started over if it did."""
        told = False
        for line in self.lines():
            try:
                event = json.loads(line).get("event")
            except (ValueError, AttributeError):
                continue  # half a line, of a write that died
            told = event in ACTIVATED or (told and event != STARTED_OVER)
        return told


def _syslog(line: str) -> None:
    import syslog

    syslog.openlog("safedeploy", syslog.LOG_PID, syslog.LOG_DAEMON)
    syslog.syslog(syslog.LOG_NOTICE, line)
