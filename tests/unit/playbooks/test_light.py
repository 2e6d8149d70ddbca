"""Ansible's own work in a push: plugins are loaded before tasks are forked, and it does not look all the time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PLAYBOOKS = Path(__file__).parents[3] / "playbooks"
# Of the process of a task, before it has loaded anything itself.
FOUND = """
import gc
import json
import sys
from pathlib import Path

from ansible import constants
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        found = [constants.DEFAULT_INTERNAL_POLL_INTERVAL, "ansible.plugins.action.safedeploy_agent" in sys.modules]
        found.append(gc.get_threshold()[0] > 10_000)
        Path("found.json").write_text(json.dumps(found))
        return {}
"""


@pytest.fixture
def found(tmp_path):
    """Plays one task and gives [seconds between looks, whether plugins were loaded, whether cycles can wait]."""

    def play(settings: str, *words: str) -> list[object]:
        (tmp_path / "found.py").write_text(FOUND)
        (tmp_path / "ansible.cfg").write_text(f"[defaults]\n{settings}\n")
        (tmp_path / "play.yml").write_text("- hosts: localhost\n  gather_facts: false\n  tasks: [{found: {}}]\n")
        environ = {
            "ANSIBLE_CALLBACK_PLUGINS": f"{PLAYBOOKS}/callback_plugins",
            "ANSIBLE_ACTION_PLUGINS": f"{tmp_path}:{PLAYBOOKS}/action_plugins",
        }
        subprocess.run(
            [Path(sys.executable).parent / "ansible-playbook", "-i", "localhost,", "-c", "local", "play.yml", *words],
            cwd=tmp_path,
            env={**os.environ, **environ},
            capture_output=True,
            check=True,
        )
        return list(json.loads((tmp_path / "found.json").read_text()))

    return play


def test_a_push_loads_its_plugins_once_and_looks_less_often(found, tmp_path):
    assert found("", "-e", f"safedeploy_bundle={tmp_path}") == [0.005, True, True]


def test_a_longer_pause_of_the_project_counts(found, tmp_path):
    assert found("internal_poll_interval = 0.05", "-e", f"safedeploy_bundle={tmp_path}") == [0.05, True, True]


def test_other_plays_are_left_alone(found):
    assert found("") == [0.001, False, False]
