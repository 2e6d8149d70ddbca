"""`safedeploy alerts`, the installed program: what it says and what it exits with."""

from __future__ import annotations

import json

import pytest

from safedeploy.adapters.open_alerts import OpenAlerts
from safedeploy.core.channels import Severity
from safedeploy.core.errors import ExitCode
from tests.e2e import program
from tests.e2e.documented_shape import problems
from tests.receivers import free_port

TOKEN = "s3cr3t-t0ken-of-ops"


@pytest.fixture
def alerts(tmp_path, hook):
    """`alerts("test", "prod")`: the program in a project with a channel that works and one that does not."""
    channels = [{"name": "chat", "url_env": "CHAT_URL"}, {"name": "dead", "url_env": "DEAD_URL"}]
    settings = {
        "version": 1,
        "project": "web",
        "environments": {"prod": {"alerts": {"channels": channels}}, "quiet": {}},
    }
    (tmp_path / "inventories").mkdir()
    for name in settings["environments"]:
        (tmp_path / "inventories" / name).write_text("web1\n")
    (tmp_path / "safedeploy.yml").write_text(json.dumps(settings))
    environ = {
        "CHAT_URL": hook.address(TOKEN),
        "DEAD_URL": f"json://127.0.0.1:{free_port()}/{TOKEN}",
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }

    def run(*words):
        done = program.run("alerts", *words, cwd=tmp_path, environ=environ)
        assert TOKEN not in done.text
        return done

    return run


def test_a_test_says_of_each_channel_whether_it_arrived(alerts, hook):
    done = alerts("test", "prod")
    assert done.code == ExitCode.UNREACHABLE
    assert done.out == "chat: told\ndead: not told: nothing listens there (connection refused)\n"
    assert "error[channel-not-told]: 1 of 2 channels could not be told: dead (reasons above)" in done.err
    assert hook.titles == ["web/prod: a test of safedeploy's alerts"]


def test_one_channel_can_be_tried_alone(alerts):
    assert alerts("test", "prod", "--channel", "chat").code == ExitCode.OK
    done = alerts("test", "prod", "--channel", "chatt")
    assert done.code == ExitCode.USAGE
    assert "error[channel-unknown]: prod has no channel chatt; did you mean 'chat'?" in done.err


def test_an_environment_without_channels_is_told_as_such(alerts):
    done = alerts("test", "quiet")
    assert done.code == ExitCode.INVALID
    assert "error[no-channels]" in done.err


def test_the_documents_are_as_documented(alerts, tmp_path):
    kept = OpenAlerts(tmp_path / "state/safedeploy/alerts", "web", "prod")
    kept.put(
        "chat", {"web1/f1": (Severity.ERROR, "edited /etc/a: by hand"), "check": (Severity.ERROR, "broken")}, 86400.0
    )
    listed = alerts("list", "prod", "--json")
    assert listed.code == ExitCode.OK
    assert problems(listed.document, "safedeploy-alerts") == []
    assert [one["host"] for one in listed.document["channels"]["chat"]] == ["", "web1"]
    tried = alerts("test", "prod", "--json")
    assert problems(tried.document, "safedeploy-alerts-test") == []
    assert {name: one["told"] for name, one in tried.document["channels"].items()} == {"chat": True, "dead": False}
    shown = alerts("list", "prod")
    assert shown.out == (
        "chat: 2 open\n"
        "  1970-01-02T00:00:00Z  error  broken\n"
        "  1970-01-02T00:00:00Z  error  web1: edited /etc/a: by hand\n"
        "dead: nothing is open\n"
    )
