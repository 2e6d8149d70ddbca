"""The named pipes at which an ansible-playbook that was started early waits, one for each of its playbooks.

The other end is playbooks/callback_plugins/safedeploy_turn.py. A pipe that can be opened for writing has a reader: that
playbook's turn has come, and all before it have ended.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


class Turns:
    """Pipes `1` to `number` in `directory`, which is made. Each turn is given once, in order; `given` counts them."""

    def __init__(self, directory: Path, number: int) -> None:
        self.directory = directory
        self._number = number
        self.given = 0
        self._open: int | None = None
        directory.mkdir(mode=0o700)
        for turn in range(1, number + 1):
            os.mkfifo(directory / str(turn), 0o600)

    def waits(self) -> bool:
        """Whether Ansible waits now, for a turn that has not been given."""
        if self._open is None and self.given < self._number:
            pipe = self.directory / str(self.given + 1)
            with contextlib.suppress(OSError):  # nobody reads there
                self._open = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        return self._open is not None

    def give(self) -> None:
        """Let the playbook begin that waits. If Ansible has ended meanwhile, nothing happens."""
        if self._open is not None:
            with contextlib.suppress(OSError):
                os.write(self._open, b"go")
            self.given += 1
            self.close()

    def close(self) -> None:
        """Let nothing begin any more: an Ansible that waits ends."""
        if self._open is not None:
            os.close(self._open)
            self._open = None
