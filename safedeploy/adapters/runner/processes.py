"""End a process with everything that it started, politely first.

Found with ps(1), which every control machine has. Only descendants of this very process are ever touched.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class _Process:
    pid: int
    parent: int
    state: str
    line: str


def end_child(mark: str, *, seconds: float) -> None:
    """End our child whose command line contains `mark`: SIGTERM, and after `seconds` SIGKILL for what is left of it.

    The descendants are noted before, because those that outlive it belong to nobody afterwards.
    """
    table = _table()
    roots = [process.pid for process in table if process.parent == os.getpid() and mark in process.line]
    family = {pid for root in roots for pid in _descendants(root, table)}
    for root in roots:
        _send(root, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while (left := _running(family)) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in left:
        _send(pid, signal.SIGKILL)


def _table() -> list[_Process]:
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=", "-o", "ppid=", "-o", "stat=", "-o", "args="],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    rows = (line.split(None, 3) for line in listed.stdout.splitlines())
    return [_Process(pid=int(row[0]), parent=int(row[1]), state=row[2], line=row[3]) for row in rows if len(row) == 4]


def _descendants(root: int, table: list[_Process]) -> set[int]:
    found = {root}
    while more := {process.pid for process in table if process.parent in found} - found:
        found |= more
    return found


def _running(family: set[int]) -> set[int]:
    """Those of `family` that still run. The dead ones that nobody has waited for yet do not."""
    return {process.pid for process in _table() if process.pid in family and not process.state.startswith("Z")}


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
