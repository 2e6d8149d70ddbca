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
