"""Refuse to go on when more hosts of this run went wrong than its error budget allows.

    - name: Stop here if too many hosts failed already
      safedeploy_gate:
        end: false   # true: the rollout is over; fail if any host went wrong, within the budget or not
      run_once: true

Ansible's own brakes do not count unreachable hosts, and a rescue hides a failure from them. This counts each host that
failed, was unreachable, timed out or reverted, from the ledger and the hosts' own answers. It also refuses once hosts
of an earlier batch wait for a person, and a batch that would take more hosts out of service than may be (`room` of the
policy). No host is contacted. `unchanged` of the result names some hosts that no
batch has changed yet, for the error-rate gate to compare with.
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

from safedeploy_control import ledger
from safedeploy_control.bundle import Bundle, BundleError, Json
from safedeploy_control.room import crowded

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
        try:
            bundle = Bundle.named(self._task.args, task_vars)
            lost, budget = ledger.lost(bundle), int(bundle.policy["error_budget"])
        except (BundleError, KeyError) as error:
            raise AnsibleActionFail(f"The bundle cannot be used: {error} Nothing was changed.") from error
        result.update(changed=False, lost=len(lost), budget=budget)
        batch = [str(host) for host in task_vars["ansible_play_batch"]]
        over = boolean(self._task.args.get("end", False))
        if len(lost) > (0 if over else budget):
            how = f"{len(lost)} of {len(bundle.hosts)} hosts went wrong, allowed are {budget}: {_named(lost)}."
            result.update(
                failed=True,
                msg=how
                if over
                else f"The rollout stops here: {how} The hosts of this batch and of later ones were not changed.",
            )
        elif over:
            pass
        elif waiting := ledger.held(bundle):
            result.update(
                failed=True,
                msg=f"The rollout stops here: {', '.join(waiting[:10])} wait for a person's decision. "
                "The hosts of this batch and of later ones were not changed.",
            )
        elif full := crowded(bundle, batch):
            result.update(failed=True, msg=f"The rollout stops here: {full}")
        else:
            ledger.begin(bundle, batch)
            rest = ledger.unchanged(bundle)
            # From all over the fleet: neighbours are often alike.
            result["unchanged"] = rest[:: max(1, len(rest) // _COMPARED)][:_COMPARED]
        return result


def _named(lost: dict[str, str]) -> str:
    named = ", ".join(f"{host} ({why})" for host, why in sorted(lost.items())[:10])
    return f"{named} and {len(lost) - 10} more" if len(lost) > 10 else named
