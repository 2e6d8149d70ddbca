"""Have Ansible take less processor time: hosts that share it, and the control machine's other work, wait for it.

Nothing is done for plays without the variable `safedeploy_bundle`, and nothing about what a play does.
"""

# ruff: noqa: INP001 - Ansible loads each plugin by its path; a package would be in its way
from __future__ import annotations

import gc

from ansible import constants
from ansible.executor.stats import AggregateStats
from ansible.playbook.play import Play
from ansible.plugins import loader
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: safedeploy_light
type: notification
short_description: Have Ansible take less processor time
description:
  - Loads the plugins of the tasks before the first one, and looks for results every 5 ms at most; a longer
    C(internal_poll_interval) counts. Python looks for cycles of objects less often, and not at its end.
"""

# Seconds. Ansible's own default is a millisecond, and the option has no environment variable.
_LOOK = 0.005
# New objects between two looks of Python's collector of cycles, which finds next to nothing. Python's own is 700.
_NEW = 50_000


class CallbackModule(CallbackBase):  # type: ignore[misc]  # ansible-core has no types
    """The callback `safedeploy_light`."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "safedeploy_light"

    def __init__(self) -> None:
        super().__init__()
        self._ours = False

    def v2_playbook_on_play_start(self, play: Play) -> None:
        """Before the first task of a play is forked."""
        self._ours = "safedeploy_bundle" in play.get_variable_manager().extra_vars
        if self._ours:
            gc.set_threshold(_NEW, *gc.get_threshold()[1:])
            constants.DEFAULT_INTERNAL_POLL_INTERVAL = max(_LOOK, constants.DEFAULT_INTERNAL_POLL_INTERVAL)
            _load_plugins()

    def v2_playbook_on_stats(self, stats: AggregateStats) -> None:  # noqa: ARG002 - the signature is Ansible's
        """Before Python ends: it would look through all that there is for cycles, and free them one by one."""
        if self._ours:
            gc.freeze()


def _load_plugins() -> None:
    """Each task of each host has a process of its own, which would load its plugin and all that this imports."""
    for name in ("safedeploy_agent", "safedeploy_gate", "safedeploy_probe"):
        loader.action_loader.get(name, class_only=True)
