"""Render templates with ansible.builtin.template itself: one short play for any number of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

TEMPLATES = Path(__file__).parents[3] / "templates"


def render(jobs, into: Path):
    """Render `{file name: (template, variables)}` into a directory; returns `{file name: error text or None}`."""
    tasks = [
        {
            "name": name,
            "ansible.builtin.set_fact": {
                f"rendered_{number}": f"{{{{ lookup('ansible.builtin.template', '{TEMPLATES / template}') }}}}"
            },
            "vars": variables,
            "register": f"outcome_{number}",
            "ignore_errors": True,
        }
        for number, (name, (template, variables)) in enumerate(jobs.items())
    ]
    outcomes = {
        name: {
            "text": f"{{{{ rendered_{number} | default('') }}}}",
            "error": f"{{{{ outcome_{number}.msg | default('') }}}}",
        }
        for number, name in enumerate(jobs)
    }
    tasks.append({"ansible.builtin.copy": {"content": "{{ outcomes | to_json }}", "dest": str(into / "outcomes.json"),
                                           "mode": "0600"}, "vars": {"outcomes": outcomes}})  # fmt: skip
    play = [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks,
             "vars": {"ansible_python_interpreter": sys.executable}}]  # fmt: skip
    playbook = into / "render.json"
    playbook.write_text(json.dumps(play))
    (into / "ansible.cfg").write_text("[defaults]\n")
    environment = {**os.environ, "ANSIBLE_LOCALHOST_WARNING": "False", "ANSIBLE_LOCAL_TEMP": str(into / "tmp"),
                   "ANSIBLE_REMOTE_TEMP": str(into / "tmp"), "ANSIBLE_CONFIG": str(into / "ansible.cfg")}  # fmt: skip
    ran = subprocess.run(
        [str(Path(sys.executable).parent / "ansible-playbook"), "-i", "localhost,", str(playbook)],
        capture_output=True, text=True, timeout=240, check=False, env=environment,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    rendered = json.loads((into / "outcomes.json").read_text())
    for name, outcome in rendered.items():
        (into / name).write_text(outcome["text"])
    return {name: outcome["error"] or None for name, outcome in rendered.items()}
