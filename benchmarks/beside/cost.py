"""What a command costs here: its time, its processor time, its memory; of all processes that it starts.

ssh leaves a process behind that keeps a connection open; those come to this process (it is their reaper), are counted,
and ended, so that no command finds the connections of the one before.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_SUBREAPER = 36
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Seconds of the clock and of the processor; KiB of the largest process; what was said on standard output."""

    seconds: float
    cpu: float
    memory: int
    output: str


def adopt_orphans() -> None:
    """Have what a command leaves behind come to this process. Call it when the lab is up already."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1)


def of(command: Sequence[str | Path], directory: Path, environ: dict[str, str], kept: Sequence[int] = ()) -> Cost:
    """Run a command to its end; one that fails ends the benchmark. `kept` are children that are none of its."""
    began = time.monotonic()
    child = subprocess.Popen(
        [str(word) for word in command],
        cwd=directory,
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert child.stdout
    output = _read(child)
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.monotonic() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    left = end_orphans(kept)
    print(f"{seconds:7.2f} s  {' '.join(str(word) for word in command)[:100]}", file=sys.stderr)
    if child.returncode != 0:
        sys.exit(f"{command} failed ({child.returncode}):\n{output[-3000:]}")
    return Cost(seconds=seconds, cpu=used.ru_utime + used.ru_stime + left, memory=used.ru_maxrss, output=output)


def _read(child: subprocess.Popen[str]) -> str:
    """Its output; what it leaves behind may hold the pipe open, so only its own end counts."""
    assert child.stdout
    descriptor = child.stdout.fileno()
    os.set_blocking(descriptor, False)
    parts: list[bytes] = []
    while True:
        ended = os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        with contextlib.suppress(BlockingIOError):
            while part := os.read(descriptor, 1 << 16):
                parts.append(part)
        if ended:
            return b"".join(parts).decode("utf-8", "replace")
        time.sleep(0.005)


def end_orphans(kept: Sequence[int] = ()) -> float:
    """End what was left to this process; the seconds of processor time that it had taken."""
    taken = 0.0
    for pid in children():
        if pid in kept:
            continue
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            taken += (int(fields[11]) + int(fields[12])) / _TICKS
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)
    return taken


def children() -> list[int]:
    """The children of this process now."""
    lists = [path.read_text() for path in Path("/proc/self/task").glob("*/children")]
    return [int(pid) for pid in " ".join(lists).split()]
