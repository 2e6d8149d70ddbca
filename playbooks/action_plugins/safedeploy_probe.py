"""Check a host's health from the control machine, over the network, as its users reach it.

    - name: Check the site from here
      safedeploy_probe:

The checks are `controller_health` of the bundle (docs/architecture.md, sections 4 and 5), made by the same code as the
host's own checks, to the host's address (`ansible_host`) unless a check names another. Results go to
`results/<host>.controller_health.json`.
"""

# ruff: noqa: INP001 - Ansible loads each plugin by its path; a package would be in its way
from __future__ import annotations

import sys
from pathlib import Path

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

# Plugins can import each other's parts only by path: Ansible offers module_utils to modules alone.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "module_utils"))

from safedeploy_control import outside
from safedeploy_control.bundle import Bundle, BundleError, Json
from safedeploy_host import health


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    """The action `safedeploy_probe`."""

    TRANSFERS_FILES = False
    _VALID_ARGS = frozenset({"bundle"})

    def run(self, tmp: str | None = None, task_vars: Json | None = None) -> Json:
        """Fail when a check fails; skip when there is none."""
        result: Json = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        host = task_vars["inventory_hostname"]
        address = str(self._templar.template(task_vars.get("ansible_host") or host))
        try:
            bundle = Bundle.named(self._task.args, task_vars)
            checks = outside.check(bundle, host, lambda todo: health.run(todo, {"httpd": {"address": address}}))
        except (BundleError, KeyError) as error:
            raise AnsibleActionFail(f"The bundle cannot be used: {error}") from error
        except outside.IllError as error:
            return {**result, **error.result}
        if not checks:
            return {
                **result,
                "changed": False,
                "skipped": True,
                "msg": "No check from the control machine is configured.",
            }
        return {**result, "changed": False, "checks": checks}
