"""Refuse to go on when more hosts of this run went wrong than its error budget allows.

    - name: Stop here if too many hosts failed already
      safedeploy_gate:
        end: false   # true: the rollout is over; fail if any host went wrong, within the budget or not
      run_once: true

Ansible's own brakes do not count unreachable hosts, and a rescue hides a failure from them. This counts each host that
failed, was unreachable, timed out or reverted, from the ledger and the hosts' own answers. It also refuses once hosts
of an earlier batch wait for a person, and a batch that would take more hosts out of service than may be (`room` of the
policy). No host is contacted. A batch that the callback safedeploy_batch has let through is not asked about again.
`unchanged` of the result names some hosts that no batch has changed yet, for the error-rate gate to compare with.
"""

# ruff: noqa: INP001 - Ansible loads each plugin by its path; a package would be in its way
from __future__ import annotations

import sys
from pathlib import Path

from ansible.errors import AnsibleActionFail
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase

# Plugins can import each other's parts only by path: Ansible offers module_utils to modules alone.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "module_utils"))

from safedeploy_control import gate, ledger
from safedeploy_control.bundle import Bundle, BundleError, Json

# Each of them is one more request, and a few have traffic enough.
_COMPARED = 5


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    """The action `safedeploy_gate`."""

    TRANSFERS_FILES = False
    _VALID_ARGS = frozenset({"bundle", "end"})

    def run(self, tmp: str | None = None, task_vars: Json | None = None) -> Json:
        """Fail when the budget is spent; at the end, when any of it is."""
        result: Json = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        batch = [str(host) for host in task_vars["ansible_play_batch"]]
        over = boolean(self._task.args.get("end", False))
        try:
            bundle = Bundle.named(self._task.args, task_vars)
            lost, budget = ledger.lost(bundle), int(bundle.policy["error_budget"])
            refused = "" if over else gate.refusal(bundle, batch)
        except (BundleError, KeyError) as error:
            raise AnsibleActionFail(f"The bundle cannot be used: {error} Nothing was changed.") from error
        result.update(changed=False, lost=len(lost), budget=budget)
        if over and lost:
            refused = gate.toll(bundle, lost, budget)
        if refused:
            result.update(failed=True, msg=refused)
        elif not over:
            ledger.begin(bundle, batch)
            rest = ledger.unchanged(bundle)
            # From all over the fleet: neighbours are often alike.
            result["unchanged"] = rest[:: max(1, len(rest) // _COMPARED)][:_COMPARED]
        return result
