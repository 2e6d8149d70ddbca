"""The installed program, run as its users run it: a process with arguments, an environment, output and an exit code."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = Path(sys.executable).with_name("safedeploy")
LIMIT = 120.0


@dataclass(frozen=True, kw_only=True)
class Done:
    """How a run ended. `out` and `err` are standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err

    @property
    def document(self) -> dict[str, Any]:
        """The JSON document of standard output, which must hold nothing else."""
        return json.loads(self.out)

    def ends(self) -> dict[str, str]:
        """host -> end, as the final screen has it."""
        rows = (line.split() for line in self.out.splitlines())
        words = ("confirmed", "held", "reverted", "untouched", "unchanged", "pending", "stranded")
        return {row[0]: row[1] for row in rows if len(row) > 1 and row[1] in words}


class Running:
    """A run that goes on. Its output is collected all the time, so that it never waits for a reader."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._parts: dict[str, list[str]] = {"out": [], "err": []}
        self._threads = [
            threading.Thread(target=self._collect, args=(name, pipe), daemon=True)
            for name, pipe in (("out", process.stdout), ("err", process.stderr))
        ]
        for thread in self._threads:
            thread.start()

    def _collect(self, name: str, pipe: Any) -> None:
        for line in pipe:
            self._parts[name].append(line)

    @property
    def text(self) -> str:
        return "".join(self._parts["out"] + self._parts["err"])

    def wait_for(self, words: str, seconds: float = 60) -> None:
        """Wait until the program has said this."""
        deadline = time.monotonic() + seconds
        while words not in self.text:
            assert self.process.poll() is None, f"it ended before it said {words!r}:\n{self.text}"
            assert time.monotonic() < deadline, f"it did not say {words!r} within {seconds} s:\n{self.text}"
            time.sleep(0.02)

    def done(self) -> Done:
        """Wait for the end. Every run: no control sequence, no traceback."""
        try:
            self.process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"it did not end within {LIMIT} s:\n{self.text}") from None
        for thread in self._threads:
            thread.join(10)
        done = Done(code=self.process.returncode, out="".join(self._parts["out"]), err="".join(self._parts["err"]))
        assert "\x1b" not in done.text, "a control sequence in output that is no terminal's"
        assert "Traceback" not in done.text or done.code == 1, done.text
        return done


@contextlib.contextmanager
def running(*arguments: str, cwd: Path, environ: Mapping[str, str]) -> Iterator[Running]:
    """Start the program as the leader of a session of its own, without a terminal; killed at the end if need be."""
    process = subprocess.Popen(
        [str(PROGRAM), *arguments],
        cwd=cwd,
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield Running(process)
    finally:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def run(*arguments: str, cwd: Path, environ: Mapping[str, str]) -> Done:
    """Run the program to its end."""
    with running(*arguments, cwd=cwd, environ=environ) as run_:
        return run_.done()
