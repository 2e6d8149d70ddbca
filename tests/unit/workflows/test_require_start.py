"""An Ansible that no host has heard of: what the person is told."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from safedeploy.adapters.runner import RunResult
from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.workflows.events import Phase
from safedeploy.workflows.playbook import require_start


@pytest.fixture
def session():
    return SimpleNamespace(hide=lambda text: text.replace("hunter2", "***"))


def refused(session, result):
    with pytest.raises(SafedeployError) as caught:
        require_start(session, result, 0, Phase.PREFLIGHT)
    assert (caught.value.code, caught.value.exit_code) == ("ansible-failed", ExitCode.REFUSED)
    return caught.value


def test_what_it_said_is_shown_without_secrets(session):
    error = refused(session, RunResult(rc=4, status="failed", stdout_tail="[ERROR]: no vault for hunter2\n"))
    begins = "ansible-playbook did not run the preflight phase: it ended with exit code 4:\n"
    assert error.what == f"{begins}[ERROR]: no vault for ***"
    assert "-v" in error.next_step


def test_one_that_was_killed_and_said_nothing_points_to_the_machine(session):
    error = refused(session, RunResult(rc=137, status="failed"))
    assert error.what == "ansible-playbook did not run the preflight phase: it was killed, and said nothing"
    assert "memory" in error.next_step


@pytest.mark.parametrize(
    ("answered", "result"),
    [
        (1, RunResult(rc=2, status="failed")),
        (0, RunResult(rc=0, status="successful")),
        (0, RunResult(rc=254, status="canceled")),
    ],
)
def test_otherwise_the_hosts_answers_count(session, answered, result):
    require_start(session, result, answered, Phase.PREFLIGHT)
