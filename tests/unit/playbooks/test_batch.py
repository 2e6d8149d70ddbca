"""A batch that nothing is against begins without the gate's task; every other batch gets the task, which refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from safedeploy_control import ledger
from safedeploy_control.bundle import Bundle

PLAYBOOKS = Path(__file__).parents[3] / "playbooks"
GATE = "Stop here if too many hosts went wrong"
TASK = f"TASK [{GATE}]"
HOSTS = ["web1", "web2", "web3"]
PLAY = f"""
- hosts: all
  gather_facts: false
  serial: [1, 2]
  tasks:
    - block:
        - name: {GATE}
          safedeploy_gate:
          run_once: true
    - name: Change
      ansible.builtin.debug:
        msg: changed
"""

Rollout = Callable[..., str]


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    document = {"schema": 1, "policy": {"error_budget": 0}, "hosts": {host: {"action": "activate"} for host in HOSTS}}
    (tmp_path / "bundle.json").write_text(json.dumps(document))
    for host in HOSTS:
        Bundle(tmp_path).write_answer(host, "confirm", {"safedeploy": 1, "ok": True, "result": {}})
    return tmp_path


@pytest.fixture
def rollout(bundle: Path, tmp_path: Path) -> Rollout:
    """A rollout in which every host has confirmed when it comes to the next one; what Ansible said."""

    def run(play: str = PLAY, *words: str, **environ: str) -> str:
        (tmp_path / "play.yml").write_text(play)
        plugins = {
            "ANSIBLE_CALLBACK_PLUGINS": f"{PLAYBOOKS}/callback_plugins",
            "ANSIBLE_ACTION_PLUGINS": f"{PLAYBOOKS}/action_plugins",
        }
        program = Path(sys.executable).parent / "ansible-playbook"
        sources = ["-i", ",".join(HOSTS), "-c", "local", "-e", f"safedeploy_bundle={bundle}"]
        done = subprocess.run(
            [program, *sources, "play.yml", *words],
            cwd=tmp_path,
            env={**os.environ, **plugins, **environ},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout + done.stderr

    return run


def policy(bundle: Path, **more: Any) -> None:
    document = json.loads((bundle / "bundle.json").read_text())
    document["policy"].update(more)
    (bundle / "bundle.json").write_text(json.dumps(document))


def begun(bundle: Path) -> list[str]:
    path = bundle / "begun.json"
    return list(json.loads(path.read_text())) if path.exists() else []


def test_nothing_is_asked_twice_and_every_batch_is_noted(rollout, bundle):
    text = rollout()
    assert TASK not in text
    assert text.count('"msg": "changed"') == 3
    assert begun(bundle) == HOSTS


@pytest.mark.parametrize("batch", [0, 1])
def test_from_the_batch_on_that_something_is_against_the_task_refuses(rollout, bundle, batch):
    if batch == 0:
        ledger.append(bundle, host="web3", phase="activate", kind="reverted", text="it did not work")
        (bundle / "results" / "web3.confirm.json").unlink()
    else:
        (bundle / "results" / "web1.confirm.json").unlink()  # so that it is lost once its batch has begun
    text = rollout()
    assert text.count(TASK) == 1
    assert "1 of 3 hosts went wrong, allowed are 0" in text.replace("\n", " ")
    assert text.count('"msg": "changed"') == batch
    assert begun(bundle) == HOSTS[:batch]


def test_what_the_callback_does_not_understand_is_the_tasks_to_say(rollout, bundle):
    (bundle / "bundle.json").write_text('{"schema": 1, "hosts": {}, "policy": {}}')
    text = rollout()
    assert TASK in text
    assert "The bundle cannot be used" in text.replace("\n", " ")
    assert '"msg": "changed"' not in text


def test_the_task_remains_where_its_result_is_used_and_in_plays_that_begin_otherwise(rollout, bundle):
    policy(bundle, gate={"looks": [{}]})
    assert rollout().count(TASK) == 2
    policy(bundle, gate=None)
    (bundle / "begun.json").unlink()
    assert rollout(PLAY.replace("    - block:", "    - ansible.builtin.debug:\n    - block:")).count(TASK) == 2
    (bundle / "begun.json").unlink()
    assert TASK in rollout(PLAY.replace("safedeploy_gate:\n", "safedeploy_gate:\n            end: true\n"))


@pytest.mark.parametrize("words", [["--limit", "web2"], ["--tags", "nothing"]])
def test_a_batch_that_does_not_come_to_its_tasks_is_not_noted(rollout, bundle, words):
    rollout(PLAY.replace("hosts: all", "hosts: web1"), *words)
    assert begun(bundle) == []


def test_a_play_of_another_kind_is_left_alone(rollout, bundle):
    text = rollout("- hosts: all\n  gather_facts: false\n  tasks: [{ansible.builtin.debug: {msg: changed}}]\n")
    assert text.count('"msg": "changed"') == 3
    assert begun(bundle) == []
