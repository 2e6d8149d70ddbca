"""Wait before each playbook until it is this playbook's turn: Ansible starts while its work is still being made ready.

Whoever starts ansible-playbook names a directory in the variable SAFEDEPLOY_TURNS of its environment, with a named pipe
for each playbook: `1` for the first, `2` for the second. A playbook begins when `go` comes out of its pipe. When the
pipe ends without it, or is not there, ansible-playbook ends. Without the variable nothing waits.
"""

# ruff: noqa: INP001 - Ansible loads each plugin by its path; a package would be in its way
from __future__ import annotations

import os
from pathlib import Path

from ansible.playbook import Playbook
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: safedeploy_turn
type: notification
short_description: Wait before each playbook until it is its turn
description:
  - Reads the named pipe of the playbook's number in the directory that the environment's C(SAFEDEPLOY_TURNS) names, and
    lets the playbook begin when it says C(go).
"""


class CallbackModule(CallbackBase):  # type: ignore[misc]  # ansible-core has no types
    """The callback `safedeploy_turn`."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "safedeploy_turn"

    def __init__(self) -> None:
        super().__init__()
        self._number = 0

    def v2_playbook_on_start(self, playbook: Playbook) -> None:
        """Wait. What is raised here is no Exception, of which Ansible would make a warning and go on."""
        if (directory := os.environ.get("SAFEDEPLOY_TURNS")) is None:
            return
        self._number += 1
        try:
            said = (Path(directory) / str(self._number)).read_text()
        except OSError as error:
            said = str(error)
        if said != "go":
            name = playbook._file_name  # noqa: SLF001 - there is no public one
            raise SystemExit(f"{name} was not let begin: {said or 'nobody wants it any more'}")
