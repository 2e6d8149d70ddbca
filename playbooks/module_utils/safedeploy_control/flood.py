"""Bounds what a host can make Ansible hold in memory: its ssh connection collects all that a host says, without an end.

A thread watches how much this process grows, and ends the ssh client when that is more than any honest answer needs.
What the client had brought by then is cut before Ansible makes texts and lists of lines of it, which take twenty times
the room.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

# The most of one answer. Those of the commands that go this way have no contents of files in them.
MOST = 8 << 20
# Ansible copies all that it has with each piece that comes: an answer is there twice, and a long one takes long.
_GROWTH = 4 * MOST
# An answer is one line, after what login scripts print.
_LINES = 10_000
_ERRORS_KEPT = 16384
# Seconds between looks, and while next to nothing has come: each costs more than what it looks at.
_LOOK = 0.02
_IDLE_LOOK = 0.1
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TASKS = Path("/proc/self/task")


class Flood:
    """A context manager round one command over a connection of Ansible's. `came` is true when too much came."""

    def __init__(self, connection: Any, growth: int = _GROWTH) -> None:
        self.came = False
        self._connection = connection
        self._before = held()
        self._growth = growth
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="flood", daemon=True)

    def __enter__(self) -> Self:
        whole = self._connection.exec_command

        def cut(*words: Any, **more: Any) -> tuple[int, bytes, bytes]:
            code, out, errors = whole(*words, **more)
            if len(out) > MOST or out.count(b"\n") > _LINES:
                self.came = True
            return code, b"" if self.came else out, errors[-_ERRORS_KEPT:]

        self._connection.exec_command = cut
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()
        del self._connection.exec_command  # the method of its class is there again

    def _watch(self) -> None:
        with _statm() as statm:
            grown = 0
            while not self._over.wait(_LOOK if grown > self._growth // 8 else _IDLE_LOOK):
                grown = _held(statm) - self._before
                if grown > self._growth:
                    self.came = True
                    end_children()


def held() -> int:
    """The memory that this process has in use, in bytes; the most that it ever had where the kernel says no more."""
    with _statm() as statm:
        return _held(statm)


@contextlib.contextmanager
def _statm() -> Iterator[int | None]:
    """Where the kernel says how much memory this process has in use: opened once, read anew with each look."""
    try:
        descriptor = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _held(statm: int | None) -> int:
    if statm is not None:
        with contextlib.suppress(OSError, ValueError, IndexError):
            return int(os.pread(statm, 256, 0).split()[1]) * _PAGE
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def end_children() -> None:
    """A worker of Ansible has no children but ssh clients: one for each command that it runs on a host."""
    for pid in _children():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def _children() -> list[int]:
    """From the kernel where it tells, for every moment brings more; else from ps(1)."""
    with contextlib.suppress(OSError):
        lists = [path.read_text(encoding="ascii") for path in _TASKS.glob("*/children")]
        if lists:
            return [int(pid) for pid in " ".join(lists).split()]
    lister = subprocess.Popen(["ps", "-A", "-o", "pid=", "-o", "ppid="], stdout=subprocess.PIPE, text=True)
    rows = (line.split() for line in lister.communicate()[0].splitlines())
    return [int(pid) for pid, parent in rows if int(parent) == os.getpid() and int(pid) != lister.pid]
