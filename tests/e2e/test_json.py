"""The documents of --json are what docs/json.md says."""

from __future__ import annotations

import pytest

from safedeploy.core.errors import ExitCode
from tests.e2e.documented_shape import problems
from tests.e2e.test_hand_edits import edit


def test_the_plan_is_as_documented(pushed, project):
    edit(pushed)
    project.conf("ServerLimit 20")
    document = project.plan("--json").document
    assert any(action["edited"] for action in document["hosts"]["web2"]["actions"])
    assert document["hosts"]["web1"]["restart"]
    assert problems(document, "safedeploy-plan") == []


@pytest.mark.parametrize("which", ["untouched", "pushed"])
def test_the_status_is_as_documented(request, project, which):
    request.getfixturevalue(which)
    assert problems(project.run("status", "lab", "--json").document, "safedeploy-status") == []


def test_hosts_that_cannot_be_read_are_in_the_documents_with_the_reason(pushed, project):
    project.of_host("web2", ansible_port=2)
    for words, name in ((["plan", "lab"], "safedeploy-plan"), (["status", "lab"], "safedeploy-status")):
        done = project.run(*words, "--json")
        assert done.code == ExitCode.UNREACHABLE
        assert "refuses connections" in done.document["unreachable"]["web2"]
        assert problems(done.document, name) == []


def test_a_check_is_as_documented_when_it_passes_and_when_it_refuses(pushed, project):
    project.second_release()
    passed = project.run("check", "lab", "--json")
    assert passed.code == ExitCode.OK
    assert passed.document["ok"] is True
    assert problems(passed.document, "safedeploy-check") == []
    assert problems(passed.document["plan"], "safedeploy-plan") == []
    project.syntax_error()
    refused = project.run("check", "lab", "--json")
    assert refused.code == ExitCode.REFUSED
    assert refused.document["ok"] is False
    assert problems(refused.document, "safedeploy-check") == []


def test_a_push_that_reverts_is_as_documented(pushed, project):
    project.breaks_the_site()
    done = project.push("--json")
    assert done.document["exit_code"] == done.code == ExitCode.REVERTED
    assert problems(done.document, "safedeploy-push") == []


def test_the_state_of_a_lab_is_as_documented(pushed, project):
    assert problems(project.run("lab", "status", "--json").document, "safedeploy-lab") == []
