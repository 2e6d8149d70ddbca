"""The record of what was done to a fleet: the list of runs, one run again, and who set each line that is live."""

from __future__ import annotations

import pytest

from safedeploy.core.errors import ExitCode
from tests.e2e.documented_shape import problems

CONF = "conf-available/extra.conf"


@pytest.fixture
def story(fleet, project, tmp_path):
    """A first push, a second one, a hand edit, a push over it, one that is refused, a rollback; and a hand edit."""
    project.environ["XDG_STATE_HOME"] = str(tmp_path / "state")
    fleet.restore("untouched")
    project.without_shadow()

    def run(name, code, *words):
        done = project.run(*words, "--reason", name)
        assert done.code == code, done.text

    push = ("push", "lab", "--yes", "--no-diff", "--limit", "web1")
    project.conf("Header set X-One 1\nHeader set X-Two 2")
    run("first", ExitCode.OK, *push)
    by_hand(fleet, "Header set X-Hand 1")
    project.conf("Header set X-One 1\nHeader set X-Two 2\nHeader set X-Three 3")
    run("third line", ExitCode.OK, *push)
    project.syntax_error()
    run("wrong", ExitCode.REFUSED, *push)
    run("back", ExitCode.OK, "rollback", "lab", "--yes", "--no-diff", "--limit", "web1")
    by_hand(fleet, "Header set X-Late 1")


def by_hand(fleet, line):
    fleet.shell("web1", f"echo '{line}' >> {fleet.host('web1').layout.server_root}/{CONF}")


def told(project, *words):
    done = project.run(*words, "--json")
    assert done.code == ExitCode.OK, done.text
    return done.document


def lines(project):
    (file,) = told(project, "blame", "lab", CONF, "--host", "web1")["files"]
    return [(line["text"], line["origin"], line["run"]) for line in file["lines"]]


def test_the_history_tells_what_was_done_and_the_hosts_tell_the_same(fleet, project, story, tmp_path):
    listed = told(project, "history", "lab")
    assert problems(listed, "safedeploy-history") == []
    assert [(run["reason"], run["command"], run["exit_code"]) for run in listed["runs"]] == [
        ("back", "rollback", 0),
        ("wrong", "push", 4),
        ("third line", "push", 0),
        ("first", "push", 0),
    ]

    shown = project.run("show", "last")
    assert shown.code == ExitCode.OK, shown.text
    assert "-Header set X-Three 3" in shown.out
    assert "web1  confirmed" in shown.out
    assert "rollback of lab to release" in shown.out
    refused = project.run("show", listed["runs"][1]["run"][:-3])
    assert "error[preflight-refused]" in refused.out or "SSLEngin" in refused.out, refused.text

    first = listed["runs"][3]["run"]
    expected = [
        ("Header set X-One 1", "run", first),
        ("Header set X-Two 2", "run", first),
        ("Header set X-Late 1", "by-hand", None),
    ]
    assert lines(project) == expected
    files = told(project, "blame", "lab", "--host", "web1")
    assert problems(files, "safedeploy-blame") == []
    assert {one["last"]["origin"] for one in files["files"]} == {"adopted", "run", "by-hand"}

    project.environ["XDG_STATE_HOME"] = str(tmp_path / "another")
    rebuilt = told(project, "history", "lab", "--rebuild")["runs"]
    known = ("run", "command", "actor", "reason", "exit_code", "release", "commit")
    assert [{key: run[key] for key in known} for run in rebuilt] == [
        {key: run[key] for key in known} for run in listed["runs"]
    ]
    assert lines(project) == expected
    assert told(project, "history", "lab", "--rebuild")["runs"] == rebuilt
    shown = told(project, "show", "last")
    assert problems(shown, "safedeploy-run") == []
    assert {"activated", "confirmed"} <= {event["result"] for event in shown["events"]}
