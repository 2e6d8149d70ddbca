"""Run children at the same time, and print what each said when it has ended: as readable as one after the other."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

Child = tuple[subprocess.Popen[bytes], IO[bytes], Sequence[str]]
_LOOK = 0.2  # seconds
_PATIENCE = 60  # seconds that an interrupted child has to take down what it started


def run(lines: Sequence[Sequence[str]], *, cwd: Path, variables: Mapping[str, str], at_once: int) -> list[int]:
    """Run each line to its end, `at_once` at a time; their exit codes, in the order of their ends."""
    waiting, running, codes = list(lines), list[Child](), []
    with ExitStack() as files:
        try:
            while waiting or running:
                while waiting and len(running) < at_once:
                    output = files.enter_context(tempfile.TemporaryFile())
                    child = subprocess.Popen(
                        waiting[0], cwd=cwd, env=variables, stdin=subprocess.DEVNULL, stdout=output, stderr=output
                    )
                    running.append((child, output, waiting.pop(0)))
                for one in [one for one in running if one[0].poll() is not None]:
                    running.remove(one)
                    codes.append(_tell(one))
                time.sleep(_LOOK)
        except (KeyboardInterrupt, SystemExit) as stop:
            _end(running, told=isinstance(stop, KeyboardInterrupt))
            raise
    return codes


def _tell(one: Child) -> int:
    child, output, line = one
    output.seek(0)
    print("$ " + " ".join(line), flush=True)
    sys.stdout.buffer.write(output.read())
    sys.stdout.flush()
    return child.returncode


def _end(running: Sequence[Child], *, told: bool) -> None:
    """End the children; a terminal's Ctrl-C has `told` them already, a SIGTERM has not."""
    for child, _, _ in running:
        if not told:
            child.send_signal(signal.SIGINT)
    for one in running:
        try:
            one[0].wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            one[0].kill()
            one[0].wait()
        _tell(one)
