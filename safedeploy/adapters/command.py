"""A command on the control machine, run to its end within bounds.

Promises: it has no terminal and an empty standard input; it is a session of its own, so a Ctrl-C reaches it through
`stop` alone; at its limit, or when whoever waits for it is stopped, its whole process group is ended; of its output the
last part is kept, however much it says. What it starts in a session of its own is left alone.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

KEPT = 64 * 1024
_PIECE = 8192
_POLITE = 2.0  # seconds between SIGTERM and SIGKILL
_LOOK = 0.05


@dataclass(frozen=True, kw_only=True)
class Ended:
    """`why` is empty when the command ended with 0; `output` is the end of both of its streams, as it came."""

    why: str
    seconds: float
    output: str


def run(
    words: Sequence[str],
    *,
    directory: Path,
    environ: Mapping[str, str],
    limit: float,
    stop: Callable[[], bool] = lambda: False,
) -> Ended:
    """Run `words` for `limit` seconds at most, or until `stop` says true. Never raises for what the command does."""
    started = time.monotonic()
    try:
        process = subprocess.Popen(
            list(words),
            cwd=directory,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return Ended(why=f"{words[0]} cannot be run: {reason}", seconds=0.0, output="")
    kept = bytearray()
    reader = threading.Thread(target=_read, args=(process, kept), daemon=True)
    reader.start()
    why = ""
    try:
        while process.poll() is None and not why:
            if time.monotonic() - started > limit:
                why = f"it took longer than {limit:g} s and was killed"
            elif stop():
                why = "it was interrupted and killed"
            else:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(_LOOK)
    finally:
        if process.poll() is None:
            _end(process)
    # What it left running may hold its output open; that is no reason to wait for it.
    reader.join(0.5)
    return Ended(
        why=why or _told(process.returncode),
        seconds=time.monotonic() - started,
        output=bytes(kept[-KEPT:]).decode(errors="replace"),
    )


def _read(process: subprocess.Popen[bytes], kept: bytearray) -> None:
    stream = process.stdout
    if stream is None:
        return
    with contextlib.suppress(OSError, ValueError), stream:
        while piece := os.read(stream.fileno(), _PIECE):
            kept += piece
            # Not at each piece: what is over the limit is cut when it is as much again.
            if len(kept) > 2 * KEPT:
                del kept[:-KEPT]


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process group: SIGTERM, then SIGKILL for what is left of it."""
    _send(process, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_POLITE)
    _send(process, signal.SIGKILL)
    process.wait()


def _send(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # The group has the number of its leader, and lives as long as anything in it does.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _told(code: int) -> str:
    if code == 0:
        return ""
    if code > 0:
        return f"it ended with exit code {code}"
    with contextlib.suppress(ValueError):
        return f"it was killed by {signal.Signals(-code).name}"
    return f"it was killed by signal {-code}"
