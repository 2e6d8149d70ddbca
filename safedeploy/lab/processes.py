"""Processes, told apart for certain: a process id alone may have been given to somebody else since.

A `Process` is a process id with its start time; it is alive only while both fit, and only then is it ever signalled.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, kw_only=True)
class Process:
    """`start` is in clock ticks since the machine's boot (field 22 of /proc/PID/stat, proc(5))."""

    pid: int
    start: int


def _stat(pid: int) -> list[str] | None:
    """Fields of /proc/PID/stat from the third (state) on, or None. The second may hold spaces and brackets."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def identify(pid: int) -> Process | None:
    """The process that has this id now, or None when there is none (a zombie counts as none)."""
    fields = _stat(pid)
    if fields is None or fields[0] in "ZX":
        return None
    return Process(pid=pid, start=int(fields[19]))


def alive(process: Process) -> bool:
    """Whether that very process still runs."""
    return identify(process.pid) == process


def parent(pid: int) -> int:
    """The parent's id, or 0."""
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def every() -> Iterator[int]:
    """Ids of all processes that this process can see, except its own."""
    for entry in PROC.iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            yield int(entry.name)


def arguments(pid: int) -> list[str]:
    """The argument list of a process; empty when it has gone."""
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().decode(errors="surrogateescape").split("\0")[:-1]
    except OSError:
        return []


def environment(pid: int) -> list[str]:
    """`NAME=value` texts as the process was started with; empty when it has gone or is somebody else's."""
    try:
        return (PROC / str(pid) / "environ").read_bytes().decode(errors="surrogateescape").split("\0")
    except OSError:
        return []


def open_files(pid: int) -> list[str]:
    """Paths that the process has open; empty when it has gone or is somebody else's."""
    found = []
    with contextlib.suppress(OSError):
        for entry in (PROC / str(pid) / "fd").iterdir():
            with contextlib.suppress(OSError):
                found.append(str(entry.readlink()))
    return found


def answers(port: int, address: str = "127.0.0.1") -> bool:
    """Whether something listens there."""
    try:
        with socket.create_connection((address, port), timeout=1):
            return True
    except OSError:
        return False


def command_name(pid: int) -> str:
    """The short name of the command (comm), or an empty text."""
    try:
        return (PROC / str(pid) / "comm").read_text().strip()
    except OSError:
        return ""


def namespace(pid: int, kind: str) -> str:
    """The identity of a namespace of the process (`pid:[4026531836]`), or an empty text."""
    try:
        return str((PROC / str(pid) / "ns" / kind).readlink())
    except OSError:
        return ""


def send(process: Process, number: signal.Signals) -> None:
    """Signal that very process; nothing happens when it has gone. A pidfd closes the gap between look and signal."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return
    try:
        if alive(process):
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(descriptor, number)
    finally:
        os.close(descriptor)


def wait_until(condition: Callable[[], bool], *, seconds: float, pause: float = 0.01) -> bool:
    """Poll until `condition()`; False when `seconds` have passed first."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def kill_all(victims: Iterable[Process], *, seconds: float = 15) -> list[Process]:
    """SIGKILL each of them and wait; those that are still there after `seconds` are returned."""
    waiting = list(victims)
    for process in waiting:
        send(process, signal.SIGKILL)
    wait_until(lambda: not any(alive(process) for process in waiting), seconds=seconds)
    return [process for process in waiting if alive(process)]
