"""A connection through a command (ProxyCommand, ProxyJump): its input and output are one end of a socket pair.

Paramiko's own ProxyCommand spins when the command ends and leaves it behind as a zombie.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
from typing import IO

from safedeploy.adapters.ssh.reply import Kind


class Proxy:
    """A running proxy command; `sock` is our end. `close` ends the command and whatever it started."""

    def __init__(self, command: str) -> None:
        self.sock, theirs = socket.socketpair()
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - open for as long as the command runs
        with theirs:
            # A shell command by definition (ssh_config(5)), from the user's own configuration. An own session keeps a
            # Ctrl-C on the terminal from cutting it off before we do.
            self._process = subprocess.Popen(  # noqa: S602 - see above
                f"exec {command}",
                shell=True,
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=self._errors,
                start_new_session=True,
            )

    def failure(self) -> tuple[Kind, str] | None:
        """Why the command ended, or None when it still runs. What it closes it may close a moment before it ends."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(2)
        if self._process.poll() is None:
            return None
        self._errors.seek(0)
        text = self._errors.read(8192).decode(errors="replace").strip()
        return kind_of(text), text or f"it ended with status {self._process.returncode}"

    def close(self) -> None:
        """End the command; safe to call twice."""
        with contextlib.suppress(OSError):
            self.sock.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(1)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._errors.close()


_TEXTS = (
    ("REMOTE HOST IDENTIFICATION HAS CHANGED", Kind.HOST_KEY_CHANGED),
    ("Host key verification failed", Kind.HOST_KEY_UNKNOWN),
    ("Permission denied", Kind.AUTH_FAILED),
    ("Could not resolve", Kind.UNRESOLVABLE),
    ("Name or service not known", Kind.UNRESOLVABLE),
    ("Connection refused", Kind.REFUSED),
    ("No route to host", Kind.NO_ROUTE),
    ("timed out", Kind.TIMEOUT),
)


def kind_of(text: str) -> Kind:
    """What ssh's own words on standard error mean; CLOSED when they are none that we know."""
    return next((kind for part, kind in _TEXTS if part in text), Kind.CLOSED)
