"""Judge whether visitors are worse off since a batch was changed, from what the hosts have told of their logs.

    - name: Judge what visitors get
      safedeploy_traffic:
        look: {pause: 5, level: 0.005, decides: true, last: true}
        unchanged: [web7, web9]

No host is contacted: the phases traffic_before and traffic_now of safedeploy_agent have done that. The same verdict is
reached for each host of the batch, and kept in `results/<host>.traffic.json`. A batch that is to be taken back fails.
`decided` and `held` of the result say whether there is nothing left to look at, and whether a person is to decide.
"""

# ruff: noqa: INP001 - Ansible loads each plugin by its path; a package would be in its way
from __future__ import annotations

import sys
from pathlib import Path

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

# Plugins can import each other's parts only by path: Ansible offers module_utils to modules alone.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "module_utils"))

from safedeploy_control import judging, reply
from safedeploy_control.bundle import Bundle, BundleError, Json


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    """The action `safedeploy_traffic`."""

    TRANSFERS_FILES = False
    _VALID_ARGS = frozenset({"bundle", "look", "unchanged"})

    def run(self, tmp: str | None = None, task_vars: Json | None = None) -> Json:
        """Fail when the batch is to be taken back."""
        result: Json = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        host = str(task_vars["inventory_hostname"])
        batch = [str(name) for name in task_vars["ansible_play_batch"]]
        try:
            bundle = Bundle.named(self._task.args, task_vars)
            unchanged = [str(name) for name in self._task.args.get("unchanged") or ()]
            found = judging.judge(bundle, dict(self._task.args["look"]), batch, unchanged)
            answer = judging.answer(found)
            bundle.write_answer(host, "traffic", answer)
        except (BundleError, KeyError, TypeError, ValueError) as error:
            raise AnsibleActionFail(f"The traffic cannot be judged: {error}") from error
        result.update(
            changed=False,
            verdict=found["verdict"],
            what=reply.plain(found["line"]),
            # The same for every host of the batch: one of them is enough for people.
            quiet=not found["decided"] or host != batch[0],
            decided=found["decided"],
            held=found["action"] == judging.HELD,
        )
        if answer["ok"] is not True:
            result.update(failed=True, code=answer["error"]["code"], msg=reply.sentence(answer))
        return result
