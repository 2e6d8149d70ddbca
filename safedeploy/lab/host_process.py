"""Conversation with the init of a host while it starts: see init.py for what is said."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from safedeploy.lab.commands import clean_environment, lab_error
from safedeploy.lab.processes import Process, identify

# Programs that run on hosts, read as files and never imported.
INIT = Path(__file__).with_name("init.py")
BACKEND = Path(__file__).with_name("backend.py")
# The system's own: one below /root or /home would be hidden from the hosts.
HOST_PYTHON = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
BOOT_SECONDS = 60


class HostProcess:
    """A host that starts. Until `stay`, the end of this process is the end of the host."""

    def __init__(self, name: str, spec: Path) -> None:
        self.name = name
        self._child = subprocess.Popen(
            [HOST_PYTHON, "-I", "-S", str(INIT), str(spec)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=clean_environment(),
            cwd="/",
        )
        self._deadline = time.monotonic() + BOOT_SECONDS
        self._read = b""

    def process(self) -> Process:
        """The init, once the namespaces are there."""
        pid = int(self._hear()["pid"])
        self._child.wait()
        found = identify(pid)
        if found is None:
            raise self._failure("its first process died")
        return found

    def tell(self, word: str) -> None:
        """Send `network` or `stay`."""
        try:
            os.write(self._input(), f"{word}\n".encode())
        except BrokenPipeError as error:
            raise self._failure("its first process died") from error

    def booted(self) -> list[str]:
        """Wait for the boot; what did not start."""
        problems: list[str] = self._hear()["problems"]
        return problems

    def close(self) -> None:
        """Let go of the pipes: a host that was not told to stay ends now."""
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                pipe.close()
        self._child.wait()

    def _input(self) -> int:
        assert self._child.stdin is not None  # noqa: S101 - it was opened as a pipe
        return self._child.stdin.fileno()

    def _hear(self) -> dict[str, Any]:
        assert self._child.stdout is not None  # noqa: S101 - it was opened as a pipe
        descriptor = self._child.stdout.fileno()
        while b"\n" not in self._read:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, self._deadline - time.monotonic()))
            if not ready:
                raise self._failure(f"it did not boot within {BOOT_SECONDS} s")
            piece = os.read(descriptor, 65536)
            if not piece:
                raise self._failure("its first process died")
            self._read += piece
        line, _, self._read = self._read.partition(b"\n")
        document: dict[str, Any] = json.loads(line)
        if "failed" in document:
            raise self._failure(document["failed"])
        return document

    def _failure(self, why: str) -> Exception:
        return lab_error(
            "lab-host-failed",
            f"Host {self.name} could not be started: {why}",
            next_step="Run `safedeploy lab down`, then up again; --mode loopback needs no namespaces.",
        )
