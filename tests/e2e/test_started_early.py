"""Ansible is started while the plan is made: it does nothing before it may, and nothing of it is left behind."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pexpect
import pytest

from safedeploy.core.errors import ExitCode
from tests.e2e.program import PROGRAM


def plays(pid: int) -> str:
    """The processes of the Ansible that a run has started, as `pgrep` shows them."""
    command = ["pgrep", "-af", f"safedeploy-play-{pid}-"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def places(pid: int) -> list[Path]:
    """The private directories of a run."""
    return [path for top in ("/tmp", "/dev/shm") for path in Path(top).glob(f"*safedeploy-*-{pid}-*")]


def soon(true, seconds=10):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def asked(pushed, project):
    """A push on a terminal that has been started, and waits for an answer."""
    project.second_release()
    child = pexpect.spawn(
        str(PROGRAM), ["push", "lab"], cwd=project.root, env={**os.environ, **project.environ}, timeout=60
    )
    child.expect("push to 3 hosts of lab")
    yield child
    child.close(force=True)


def leases(project):
    return [host["lease"] for host in project.status().values()]


def test_it_waits_while_a_person_reads_the_plan(pushed, project, asked):
    soon(lambda: "ansible-playbook" in plays(asked.pid))
    time.sleep(2)
    assert leases(project) == [None] * 3, "no host was asked for anything"


def test_it_ends_when_the_person_says_no(pushed, project, asked):
    asked.sendline("n")
    asked.expect(pexpect.EOF)
    asked.wait()
    assert (plays(asked.pid), places(asked.pid)) == ("", [])
    assert leases(project) == [None] * 3


def test_it_ends_with_a_program_that_is_killed(pushed, project, asked):
    soon(lambda: "ansible-playbook" in plays(asked.pid))
    asked.kill(9)
    soon(lambda: plays(asked.pid) == "")
    soon(lambda: places(asked.pid) == [])


@pytest.mark.parametrize("why", ["there is nothing to do", "the linter refuses"])
def test_it_ends_when_there_is_nothing_for_it(pushed, project, why):
    if "linter" in why:
        project.lint(fail_on="error")
        project.conf("NoSuchDirective on")
    with project.start("push", "lab", "--yes") as run:
        done = run.done()
    assert done.code == (ExitCode.REFUSED if "linter" in why else ExitCode.OK), done.text
    assert (plays(run.process.pid), places(run.process.pid)) == ("", [])


@pytest.fixture
def meanwhile(pushed, project):
    """`meanwhile(script)`: have this done between pre-flight and rollout, where Ansible waits for its second turn."""

    def do(script: str) -> None:
        hook = {"name": "meanwhile", "command": ["sh", "-c", script], "env": list(project.environ)}
        project.settings(lambda document: document["environments"]["lab"].update(hooks={"before_push": [hook]}))
        project.second_release()

    return do


def test_one_that_is_killed_while_it_waits_is_started_again(pushed, project, meanwhile):
    meanwhile("pkill -9 -f safedeploy-play-$PPID- && sleep 0.5")
    done = project.push()
    assert done.code == ExitCode.OK, done.text
    assert done.ends() == {"web1": "confirmed", "web2": "confirmed", "web3": "confirmed"}


def test_no_host_is_changed_when_a_lease_was_lost_while_it_waited(pushed, project, meanwhile):
    before, reloads = pushed.trees(), pushed.each(pushed.reloads)
    project.rollout(lease_ttl="3s")
    meanwhile(f"{PROGRAM} unlock lab --limit web2 --yes --reason 'it looked dead' && sleep 4")
    done = project.push()
    assert "the lease was lost" in done.text, done.text
    assert done.ends() == {"web1": "untouched", "web2": "untouched", "web3": "untouched"}, done.text
    assert (pushed.trees(), pushed.each(pushed.reloads)) == (before, reloads)
    assert not [line for line in done.err.splitlines() if "Activate" in line]
