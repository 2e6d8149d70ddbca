"""The real ansible.builtin.template on the same declarations: every entry of safedeploy_files becomes a task."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

BIN = Path(sys.executable).parent

# The last step of the template module is to copy what it rendered, with two remote modules. For many templates that
# is most of the time and none of the question; Ansible lets a project bring its own copy action.
PLAIN_COPY = """
import shutil
from ansible.plugins.action import ActionBase

class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        shutil.copyfile(self._task.args["src"], self._task.args["dest"])
        return {"changed": True}
"""


def task_of(entry: dict[str, Any]) -> dict[str, Any]:
    """The task that an entry with `template` stands for."""
    flow = {"loop", "loop_var", "when", "vars"}
    arguments = {("src" if key == "template" else key): value for key, value in entry.items() if key not in flow}
    task = {"name": entry["template"], "ansible.builtin.template": arguments}
    task |= {key: entry[key] for key in ("loop", "when", "vars") if key in entry}
    if "loop_var" in entry:
        task["loop_control"] = {"loop_var": entry["loop_var"]}
    return task


def run(project: Path, entries: list[dict[str, Any]], *, inventory: str, password_file: Path | None = None) -> None:
    """Run one play with all the entries on all the hosts, locally.

    An `action_plugins/copy.py` in the project, such as PLAIN_COPY, replaces the last step of the template module.
    """
    playbook = project / "parity.json"
    play = {"hosts": "all", "gather_facts": False, "tasks": [task_of(entry) for entry in entries]}
    playbook.write_text(json.dumps([play]))
    command = [str(BIN / "ansible-playbook"), "-i", inventory, "-c", "local", str(playbook)]
    if password_file is not None:
        command += ["--vault-password-file", str(password_file)]
    environment = {
        **os.environ,
        "ANSIBLE_LOCAL_TEMP": str(project / "tmp"),
        "ANSIBLE_REMOTE_TEMP": str(project / "tmp"),
        "ANSIBLE_PIPELINING": "1",
    }
    ran = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, check=False, timeout=240
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-4000:]


def encrypt(text: str, password_file: Path) -> str:
    """`text` as ansible-vault encrypts it."""
    return subprocess.run(
        [str(BIN / "ansible-vault"), "encrypt", "--vault-password-file", str(password_file), "--output", "-", "-"],
        input=text, capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip
