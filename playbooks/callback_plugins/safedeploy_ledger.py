"""Keep the ledger of a run: every host that failed, was unreachable, timed out or reverted, as Ansible sees it.

Ansible loads a callback plugin that lies beside a playbook by itself. Nothing is done for plays without the variable
`safedeploy_bundle`. A ledger that cannot be written is said as a warning, and never stops a play; the gate also reads
the hosts' own answers.
"""

# ruff: noqa: INP001 - Ansible loads each plugin by its path; a package would be in its way
from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.executor.task_result import CallbackTaskResult
from ansible.playbook.play import Play
from ansible.playbook.task import Task
from ansible.plugins.callback import CallbackBase

# Plugins can import each other's parts only by path: Ansible offers module_utils to modules alone.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "module_utils"))

from safedeploy_control import ledger, reply

DOCUMENTATION = """
name: safedeploy_ledger
type: notification
short_description: Record the hosts of a safedeploy run that went wrong
description:
  - Appends a line to C(ledger.jsonl) in the directory that the variable C(safedeploy_bundle) names, for every host that
    failed, was unreachable, timed out or reverted. C(safedeploy_gate) reads it.
"""

# What a gate refuses is no fault of the hosts that wait behind it.
_NOT_COUNTED = frozenset({"safedeploy_gate"})
_KINDS = {"reverted": "reverted", "stranded": "reverted", ledger.UNREACHABLE: "unreachable"}


class CallbackModule(CallbackBase):  # type: ignore[misc]  # ansible-core has no types
    """The callback `safedeploy_ledger`."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "safedeploy_ledger"

    def __init__(self) -> None:
        super().__init__()
        self._directory: Path | None = None

    def v2_playbook_on_play_start(self, play: Play) -> None:
        """Learn the bundle's directory."""
        extra = play.get_variable_manager().extra_vars
        self._directory = Path(str(extra["safedeploy_bundle"])) if "safedeploy_bundle" in extra else None

    def v2_runner_on_failed(self, result: CallbackTaskResult, ignore_errors: bool = False) -> None:
        """Record a failed host, unless the task ignores errors."""
        if ignore_errors or _action(result.task) in _NOT_COUNTED:
            return
        found = result.result
        self._record(result, "timeout" if found.get("timedout") else _KINDS.get(str(found.get("code")), "failed"))

    def v2_runner_on_unreachable(self, result: CallbackTaskResult) -> None:
        """Record an unreachable host."""
        self._record(result, "unreachable")

    def _record(self, result: CallbackTaskResult, kind: str) -> None:
        if self._directory is None:
            return
        try:
            task = result.task
            asked = task.args.get("phase")
            ledger.append(
                self._directory,
                host=result.host.get_name(),
                # A task that asks for two says which of them it is about.
                phase=str((result.result.get("phase") or asked) if asked else task.get_name()),
                kind=kind,
                text=_said(result.result),
            )
        except Exception as error:  # noqa: BLE001 - a callback that raises would disturb the play it only watches
            self._display.warning(f"safedeploy_ledger: {error}")


def _said(found: Mapping[str, Any]) -> str:
    """What a failed task said: of a loop its first item that failed, of a command the last line of its errors too."""
    items = found.get("results")
    if isinstance(items, list):
        bad = [item for item in items if isinstance(item, Mapping) and (item.get("failed") or item.get("unreachable"))]
        found = bad[0] if bad else found
    lines = str(found.get("stderr") or "").strip().splitlines()
    parts = [str(found.get("msg") or "no message"), *lines[-1:]]
    return reply.plain(": ".join(parts))


def _action(task: Task) -> str:
    return str(task.action).rpartition(".")[2]
