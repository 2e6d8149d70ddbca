"""What the plan showed is what is pushed."""

from __future__ import annotations

import pytest

from safedeploy.core.errors import ExitCode
from tests.e2e.test_hand_edits import edit


@pytest.fixture
def saved(pushed, project):
    project.second_release()
    done = project.plan("--out", "plan.json")
    assert done.code == ExitCode.OK
    return project.root / "plan.json"


def test_a_saved_plan_is_pushed_as_it_is(pushed, project, saved):
    assert saved.stat().st_mode & 0o077 == 0
    done = project.push("--plan", "plan.json")
    assert done.code == ExitCode.OK, done.text
    assert set(done.ends().values()) == {"confirmed"}


def test_a_saved_plan_is_refused_after_a_template_has_changed(pushed, project, saved):
    before = pushed.trees()
    project.append("templates/vhost.conf.j2", "# later\n")
    done = project.push("--plan", "plan.json")
    assert done.code == ExitCode.REFUSED
    assert "error[plan-out-of-date]" in done.err
    assert pushed.trees() == before


def test_a_saved_plan_is_refused_after_a_host_has_changed(pushed, project, saved):
    edit(pushed)
    before = pushed.trees()
    done = project.push("--plan", "plan.json")
    assert done.code == ExitCode.REFUSED
    assert "web2" in done.err
    assert pushed.trees() == before


def test_plan_can_tell_differences_by_its_exit_code(pushed, project):
    assert project.plan("--exit-code").code == ExitCode.OK
    project.second_release()
    assert project.plan("--exit-code").code == ExitCode.DIFFERENCES
    assert project.plan().code == ExitCode.OK
