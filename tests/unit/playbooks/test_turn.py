"""Each playbook waits until it is let begin, if whoever starts Ansible wants that."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from safedeploy.adapters.runner.turns import Turns

PLAYBOOKS = Path(__file__).parents[3] / "playbooks"
PLAY = """
- hosts: localhost
  gather_facts: false
  tasks: [{ansible.builtin.copy: {content: done, dest: "DEST"}}]
"""


@pytest.fixture
def start(tmp_path):
    """A function that starts Ansible with the playbooks `one` and `two`, each of which writes a file of its name."""
    started = []
    shutil.copytree(PLAYBOOKS / "callback_plugins", tmp_path / "callback_plugins")
    for name in ("one", "two"):
        (tmp_path / f"{name}.yml").write_text(PLAY.replace("DEST", str(tmp_path / name)))

    def run(**environ: str) -> subprocess.Popen[str]:
        program = Path(sys.executable).parent / "ansible-playbook"
        python = f"ansible_python_interpreter={sys.executable}"
        started.append(
            subprocess.Popen(
                [program, "-i", "localhost,", "-c", "local", "-e", python, "one.yml", "two.yml"],
                cwd=tmp_path,
                env={**os.environ, **environ},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        return started[-1]

    yield run
    for child in started:
        child.kill()
        child.communicate()


@pytest.fixture
def turns(tmp_path):
    made = Turns(tmp_path / "turns", 2)
    yield made
    made.close()


def wait_for(turns):
    deadline = time.monotonic() + 30
    while not turns.waits():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_nothing_waits_for_people_who_run_the_playbooks_themselves(start, tmp_path):
    assert start().wait(30) == 0
    assert (tmp_path / "two").exists()


def test_each_playbook_begins_when_it_is_its_turn(start, turns, tmp_path):
    child = start(SAFEDEPLOY_TURNS=str(turns.directory))
    wait_for(turns)
    assert not (tmp_path / "one").exists()
    turns.give()
    wait_for(turns)
    assert (tmp_path / "one").exists()
    assert not (tmp_path / "two").exists()
    turns.give()
    assert child.wait(30) == 0
    assert (tmp_path / "two").exists()


def test_ansible_ends_when_nobody_lets_it_go_on(start, turns, tmp_path):
    child = start(SAFEDEPLOY_TURNS=str(turns.directory))
    wait_for(turns)
    turns.give()
    wait_for(turns)
    turns.close()
    said, _ = child.communicate(timeout=30)
    assert child.returncode != 0
    assert "two.yml was not let begin" in said
    assert "Traceback" not in said
    assert not (tmp_path / "two").exists()


def test_without_its_pipe_no_playbook_begins(start, tmp_path):
    child = start(SAFEDEPLOY_TURNS=str(tmp_path / "nowhere"))
    said, _ = child.communicate(timeout=30)
    assert child.returncode != 0
    assert "one.yml was not let begin" in said
    assert not (tmp_path / "one").exists()


def test_a_polite_signal_ends_an_ansible_that_waits(start, turns):
    child = start(SAFEDEPLOY_TURNS=str(turns.directory))
    wait_for(turns)
    child.terminate()
    child.communicate(timeout=10)
    assert child.returncode != 0
