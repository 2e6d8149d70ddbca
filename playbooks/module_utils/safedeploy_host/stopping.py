"""Stops httpd, and clears away what a dead one left behind and a new one would stumble over.

With the control program where it can reach the process; else with a signal, which here only ever means to stop.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time

from . import control, process, sockets
from .directives import Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable

    from .process import Process

    Json = dict[str, Any]

# Seconds; httpd itself gives its children about that long before it kills them. One that is stuck does not use them.
PATIENCE = 5.0
STUCK = 1.0
ORPHANS = 0.5
_STEP = 0.02


def stop(parent: Process, site: Json, pid_file: str | None, patience: float = PATIENCE) -> bool:
    """Stop this parent, with `patience` seconds for each way to do it; False when it is still there after all."""
    # Elsewhere than in the PidFile of the present configuration the control program would not find it.
    if pid_file is None or pid_in(pid_file) == parent.pid:
        control.control(site, "stop")
        if _gone([parent], patience):
            return True
    _signal(parent, signal.SIGTERM)
    if _gone([parent], patience):
        return True
    # With it go its children and whatever program it waits for: httpd leads a process group of its own.
    _signal(parent, signal.SIGKILL, os.killpg if _leads_group(parent) else os.kill)
    return _gone([parent], patience)


def clear_leftovers(site: Json, pid_file: str | None) -> None:
    """Remove what would keep a start from working: workers without a parent that hold its ports, a stale PidFile."""
    for number in (None, signal.SIGTERM, signal.SIGKILL):
        # One that holds no port any more finishes its requests in peace.
        orphans = [orphan for orphan in process.orphans(site) if sockets.listening(orphan.pid) != {}]
        if not orphans:
            break
        if number is not None:
            for orphan in orphans:
                _signal(orphan, number)
        _gone(orphans, ORPHANS)
    if pid_file and pid_in(pid_file) is not None and not process.parents(site):
        # Its pid may be another program's by now: httpd would take that for itself, and signal it.
        with contextlib.suppress(OSError):
            os.unlink(pid_file)


def pid_files(site: Json) -> list[str]:
    """The PidFiles that the configuration on disk names, whether or not it parses."""
    reader = Reader(site)
    named = [item.args[0] for item in reader.directives() if item.name == "pidfile" and item.args]
    return [reader.resolve(path) for path in named]


def clear_pid_files(site: Json, paths: Iterable[str]) -> list[str]:
    """Remove files that an httpd which is gone, or which has moved its PidFile, left at `paths`; what was removed.

    One that holds the pid of another living program is left alone.
    """
    gone = []
    ours = {parent.pid for parent in process.parents(site)}
    for path in paths:
        pid = pid_in(path)
        found = process.look(pid) if pid is not None else None
        if pid is None or (found is not None and not found.dead and pid not in ours):
            continue
        try:
            os.unlink(path)
        except OSError:
            continue
        gone.append(path)
    return gone


def pid_in(pid_file: str) -> int | None:
    """The pid that a PidFile holds, if any."""
    try:
        with open(pid_file, encoding="utf-8") as stream:
            return int(stream.read())
    except (OSError, ValueError):
        return None


def _signal(target: Process, number: int, send: Callable[[int, int], None] = os.kill) -> None:
    if process.alive(target):
        try:
            send(target.pid, number)
        except OSError:
            return


def _leads_group(target: Process) -> bool:
    try:
        return os.getpgid(target.pid) == target.pid
    except OSError:  # it is gone by now
        return False


def _gone(processes: list[Process], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while any(process.alive(one) for one in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(_STEP)
    return True
