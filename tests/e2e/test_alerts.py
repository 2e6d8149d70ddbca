"""A real fleet, a real web hook and a dead one: who is told what of pushes and drift, in order and once."""

from __future__ import annotations

import shlex

import pytest

from safedeploy.core.errors import ExitCode
from tests.receivers import free_port, web_hook

TOKEN = "t0ken-0f-the-team"


@pytest.fixture
def told(project, tmp_path):
    """The project with two channels; what the one that lives was told."""
    with web_hook() as hook:
        channels = [{"name": "team", "url_env": "TEAM_URL"}, {"name": "dead", "url_env": "DEAD_URL"}]
        project.settings(lambda document: document["environments"]["lab"].update(alerts={"channels": channels}))
        project.environ["TEAM_URL"] = hook.address(TOKEN)
        project.environ["DEAD_URL"] = f"json://127.0.0.1:{free_port()}/{TOKEN}"
        project.environ["XDG_STATE_HOME"] = str(tmp_path / "state")
        yield hook


def not_told(*kinds: str) -> str:
    return f"alert: channel dead was not told of {' and '.join(kinds)}: nothing listens there (connection refused)\n"


def test_a_push_that_succeeds_and_one_that_reverts_are_told_in_order_and_once(pushed, project, told):
    project.second_release()
    done = project.push("--limit", "web1", "--reason", "one more header")
    assert done.code == ExitCode.OK, done.text
    assert not_told("push-started", "push-succeeded") in done.err
    project.breaks_the_site()
    done = project.push("--json")
    assert done.code == done.document["exit_code"] == ExitCode.REVERTED, done.text
    assert not_told("push-started", "reverted") in done.err
    assert [
        (title.partition("/lab: ")[2], one["type"]) for title, one in zip(told.titles, told.heard, strict=True)
    ] == [
        ("push to 1 host has begun", "info"),
        ("push succeeded: 1 confirmed", "info"),
        ("push to 3 hosts has begun", "info"),
        ("push reverted: 1 reverted (web1), 2 untouched", "failure"),
    ]
    assert told.heard[1]["message"].endswith(": one more header")
    assert "reverted: web1: " in told.heard[3]["message"]
    assert done.document["run"] in told.heard[3]["message"]
    shown = project.run("show", "last")
    assert not_told("push-started", "reverted") in shown.out
    assert TOKEN not in done.text + shown.text


def test_drift_is_told_when_it_is_new_and_when_it_has_gone(pushed, project, told):
    file = f"{pushed.host('web2').layout.www_root}/app/.htaccess"  # no reload is due for it
    before = pushed.shell("web2", f"cat {file} && echo '# by hand' >>{file}")
    for code in (ExitCode.DIFFERENCES, ExitCode.DIFFERENCES):
        done = project.run("drift", "lab")
        assert done.code == code, done.text
    assert len(told.heard) == 1
    assert f"web2: edited {file}" in told.heard[0]["message"]
    listed = project.run("alerts", "list", "lab")
    assert "team: 1 open" in listed.out
    assert "dead: nothing is open" in listed.out
    pushed.shell("web2", f"printf %s {shlex.quote(before)} >{file}")
    for _ in range(2):
        done = project.run("drift", "lab")
        assert done.code == ExitCode.OK, done.text
    assert [title.partition("/lab: ")[2] for title in told.titles][1:] == ["drift gone on web2: 1, none is left"]
