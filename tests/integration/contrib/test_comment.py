"""The comment on a change request, over real HTTP, from a server that keeps comments as the platforms do."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.integration.contrib.jobs import CONTRIB
from tests.integration.contrib.platform_server import serving

BODY = "<!-- safedeploy-plan prod -->\n### safedeploy plan for `prod`: 1 to change\n"
GITHUB = "/api/repos/example/web/issues"
GITLAB = "/api/v4/projects/3/merge_requests/12/notes"


@pytest.fixture
def server():
    with serving() as server:
        yield server


@pytest.fixture(params=["GitHub", "GitLab"])
def put(request, server, tmp_path):
    """A function that puts a plan on the change request, as the job of the platform would."""
    (tmp_path / "event.json").write_text(json.dumps({"pull_request": {"number": 12}}))
    github = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "GITHUB_API_URL": f"{server.address}/api",
        "GITHUB_REPOSITORY": "example/web",
        "GITHUB_TOKEN": "a-secret-token",
    }
    gitlab = {
        "GITLAB_CI": "true",
        "CI_API_V4_URL": f"{server.address}/api/v4",
        "CI_MERGE_REQUEST_PROJECT_ID": "3",
        "CI_MERGE_REQUEST_IID": "12",
        "SAFEDEPLOY_NOTE_TOKEN": "a-secret-token",
    }

    def put(body=BODY, **more):
        (tmp_path / "plan.md").write_text(body)
        environ = {**(github if request.param == "GitHub" else gitlab), **more}
        line = [sys.executable, "-I", str(CONTRIB / "comment.py"), str(tmp_path / "plan.md")]
        done = subprocess.run(line, env=environ, capture_output=True, text=True, check=False)
        assert "a-secret-token" not in done.stdout + done.stderr
        return done

    put.address = GITHUB if request.param == "GitHub" else GITLAB
    return put


def test_the_first_plan_is_a_new_comment(server, put):
    server.add("an unrelated comment")
    done = put()
    assert done.stdout == "the comment on the change request is written\n", done.stderr
    assert [one["body"] for one in server.comments.values()] == ["an unrelated comment", BODY]
    assert any("a-secret-token" in " ".join(headers.values()) for headers in server.headers)


def test_the_next_plan_renews_it(server, put):
    put()
    done = put(BODY + "more\n")
    assert done.stdout == "the comment on the change request is renewed\n"
    assert [one["body"] for one in server.comments.values()] == [BODY + "more\n"]


def test_the_same_plan_leaves_it_alone(server, put):
    put()
    server.requests.clear()
    assert put().stdout == "the comment on the change request is as it was\n"
    assert {method for method, _ in server.requests} == {"GET"}


def test_it_is_found_beyond_the_first_page(server, put):
    for number in range(150):
        server.add(f"comment {number}")
    server.add(BODY + "old\n")
    put()
    assert len(server.comments) == 151
    assert server.comments[151]["body"] == BODY


def test_another_environment_has_its_own(server, put):
    put()
    put(BODY.replace("prod", "stage"))
    assert len(server.comments) == 2


def test_what_somebody_else_wrote_is_left_alone_whatever_it_begins_with(server, put):
    server.add(BODY + "forged\n", login="mallory", user=666)
    put()
    assert [one["body"] for one in server.comments.values()] == [BODY + "forged\n", BODY]


def test_a_refusal_of_the_platform_is_said_in_one_line(server, put):
    server.refuse = 403
    done = put()
    assert done.returncode == 1
    assert done.stderr.startswith("comment.py: the platform answered 403: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_file_that_is_no_plan_is_not_sent(server, put):
    done = put("anything\n")
    assert done.returncode == 2
    assert server.comments == {}
    assert [method for method, _ in server.requests] == []


def test_outside_of_a_change_request_it_says_what_is_missing(tmp_path):
    (tmp_path / "plan.md").write_text(BODY)
    line = [sys.executable, "-I", str(CONTRIB / "comment.py"), str(tmp_path / "plan.md")]
    done = subprocess.run(line, env={}, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "comment.py: 'CI_API_V4_URL' is not set: is this a job of a change request?\n"
