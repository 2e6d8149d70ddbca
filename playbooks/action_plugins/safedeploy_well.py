"""Tell whether a host that was taken out of service may go back into it. No host is contacted.

    - name: See whether the host may serve again
      safedeploy_well:
      register: safedeploy_seen

The result has `well`, and `why` when it is false. It is judged by the host's own answers: a host of which it is not
known what it serves stays out of service.
"""

# ruff: noqa: INP001 - Ansible loads each plugin by its path; a package would be in its way
from __future__ import annotations

import sys
from pathlib import Path

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

# Plugins can import each other's parts only by path: Ansible offers module_utils to modules alone.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "module_utils"))

from safedeploy_control.bundle import Bundle, BundleError, Json
from safedeploy_control.well import may_serve


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    """The action `safedeploy_well`."""

    TRANSFERS_FILES = False
    _VALID_ARGS = frozenset({"bundle"})

    def run(self, tmp: str | None = None, task_vars: Json | None = None) -> Json:
        """Never fails for what it finds."""
        result: Json = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        try:
            well, why = may_serve(Bundle.named(self._task.args, task_vars), task_vars["inventory_hostname"])
        except (BundleError, KeyError) as error:
            raise AnsibleActionFail(f"The bundle cannot be used: {error}") from error
        return {**result, "changed": False, "well": well, "why": "" if well else why}
