"""Ask the gate before each batch, and let a batch begin that it has nothing against, without a process for its task.

A task of Ansible's has a process of its own, which takes longer than the gate does. So this asks first, before the
tasks of a batch are taken from the play: if there is nothing against the batch, it notes that in the task's place, and
the task is left out. Anything else is the task's: what refuses, what is not understood, and rollouts with an error-rate
gate, which use what the task returns. Nothing is done for plays without the variable `safedeploy_bundle`.
"""

# ruff: noqa: INP001 - Ansible loads each plugin by its path; a package would be in its way
from __future__ import annotations

import sys
from pathlib import Path

from ansible.playbook.play import Play
from ansible.plugins.callback import CallbackBase

# Plugins can import each other's parts only by path: Ansible offers module_utils to modules alone.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "module_utils"))

from safedeploy_control import gate, ledger
from safedeploy_control.bundle import Bundle, BundleError

DOCUMENTATION = """
name: safedeploy_batch
type: notification
short_description: Let a batch begin that safedeploy_gate has nothing against
description:
  - Asks before each batch of a rollout what C(safedeploy_gate) asks, and leaves out its task where the batch may begin.
"""


class CallbackModule(CallbackBase):  # type: ignore[misc]  # ansible-core has no types
    """The callback `safedeploy_batch`."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "safedeploy_batch"

    def v2_playbook_on_play_start(self, play: Play) -> None:
        """Ansible calls this with a copy of the play for each batch, and takes the tasks from that copy afterwards."""
        manager = play.get_variable_manager()
        directory = manager.extra_vars.get("safedeploy_bundle")
        if directory is None or not _gated(play) or set(play.only_tags) != {"all"}:
            return
        try:
            bundle = Bundle(str(directory))
            # Without a host for it the play is told of too, and then all hosts of the inventory are its batch.
            there = {host.name for host in manager._inventory.get_hosts(play.hosts)}  # noqa: SLF001 - nothing public has it
            batch = [str(host) for host in manager.get_vars(play=play)["ansible_play_batch"] if host in there]
            if not batch or bundle.policy.get("gate") or gate.refusal(bundle, batch):
                return
            ledger.begin(bundle, batch)
        except (BundleError, KeyError, ValueError, OSError):
            return  # the task says what is wrong
        play.tasks = play.tasks[1:]


def _gated(play: Play) -> bool:
    """Whether the play begins with a block that has the gate alone, and that is asked about a batch."""
    tasks = play.tasks[0].block if play.tasks else []
    return len(tasks) == 1 and getattr(tasks[0], "action", None) == "safedeploy_gate" and "end" not in tasks[0].args
