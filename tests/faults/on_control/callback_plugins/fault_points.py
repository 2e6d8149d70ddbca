"""Ansible's steps, told from its main process: plays, tasks of each host as they begin and as they end."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ansible.plugins.callback import CallbackBase

sys.path.insert(0, os.environ.get("SAFEDEPLOY_FAULTS_CODE", ""))

from points import Points

DOCUMENTATION = """
name: fault_points
type: notification
short_description: Tell the steps of a play to the fault matrix
description:
  - Writes each step to the directory that SAFEDEPLOY_FAULTS names, and waits at the one that is asked for.
"""


class CallbackModule(CallbackBase):
    """The callback `fault_points`."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "fault_points"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._points = Points(os.environ.get("SAFEDEPLOY_FAULTS", "/nowhere"))
        self._playbook = ""
        self._counts: dict[str, int] = {}

    def _met(self, step: str, kind: str) -> None:
        name = f"{self._playbook}:{step}"
        self._counts[name] = self._counts.get(name, 0) + 1
        self._points.met(f"{name}#{self._counts[name]}", kind)

    def v2_playbook_on_start(self, playbook) -> None:
        self._playbook = Path(playbook._file_name).name
        self._met("begins", "a playbook")

    def v2_playbook_on_stats(self, _stats) -> None:
        self._met("ends", "a playbook")

    def v2_runner_on_start(self, host, task) -> None:
        self._met(f"{task.get_name().partition(' : ')[2] or task.get_name()}: begins: {host.get_name()}", "a task")

    def v2_runner_on_ok(self, result) -> None:
        self._ended(result, "ok")

    def v2_runner_on_failed(self, result, **_options) -> None:
        self._ended(result, "failed")

    def v2_runner_on_unreachable(self, result) -> None:
        self._ended(result, "unreachable")

    def _ended(self, result, how: str) -> None:
        self._met(f"{result.task.get_name()}: {how}: {result.host.get_name()}", "a task")
