"""A run's channels, really listening: what is due arrives, in order and once; what is dead costs the run nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from safedeploy.adapters.ansible.vault_options import VaultOptions
from safedeploy.core.errors import ExitCode
from safedeploy.workflows.events import Milestone
from tests.integration.alerts.runs import item
from tests.receivers import free_port

TOKEN = "s3cr3t-t0ken-of-ops"


def test_start_and_end_arrive_in_order_and_once(run, hook):
    one = run([{"name": "chat", "url": hook.address(TOKEN)}])
    one.begins()
    assert one.ends("reverted", ExitCode.REVERTED) == []
    assert hook.titles == ["web/prod: push to 1 host has begun", "web/prod: push reverted: 1 reverted (web1)"]
    assert [message["type"] for message in hook.heard] == ["info", "failure"]
    assert hook.heard[1]["message"].endswith(
        f"run {one.session.identity.run}: new header\n\n"
        "next: nothing is at risk now: read what failed on the first host, correct it, push again"
    )


def test_each_channel_is_told_what_it_asks_for(run, hook):
    one = run(
        [
            {"name": "pager", "url": hook.address("pager"), "severity": "critical"},
            {"name": "ends", "url": hook.address("ends"), "events": ["push-succeeded", "reverted"]},
            {"name": "grave", "url": hook.address("grave"), "severity": "error"},
        ]
    )
    one.begins()
    assert one.ends("reverted", ExitCode.REVERTED) == []
    assert sorted(hook.asked) == ["/ends", "/grave"]


def test_dead_and_slow_channels_delay_neither_the_run_nor_the_others_and_are_named(run, hook, silent):
    channels = [
        {"name": "dead", "url": f"json://127.0.0.1:{free_port()}/{TOKEN}"},
        {"name": "slow", "url": f"json://127.0.0.1:{silent}/{TOKEN}", "timeout": 0.5},
        {"name": "chat", "url": hook.address(TOKEN)},
    ]
    one = run(channels)
    began = time.monotonic()
    one.begins()
    assert time.monotonic() - began < 0.2
    lines = one.ends()
    assert time.monotonic() - began < 5
    both = "push-started and push-succeeded"
    assert lines == [
        f"alert: channel dead was not told of {both}: nothing listens there (connection refused)",
        f"alert: channel slow was not told of {both}: it did not answer in time",
    ]
    assert len(hook.heard) == 2


def test_the_end_of_the_program_waits_no_longer_than_it_may(run, silent):
    one = run([{"name": "slow", "url": f"json://127.0.0.1:{silent}/{TOKEN}", "timeout": 60}])
    one.begins()
    began = time.monotonic()
    lines = one.listener.finish(longest=0.3)
    assert time.monotonic() - began < 1
    assert lines == ["alert: channel slow: it is not known whether the last 1 arrived: that took too long"]


def test_a_secret_of_the_run_and_the_token_are_hidden_in_what_is_sent_and_said(run, hook):
    hook.status = 500
    one = run([{"name": "chat", "url": hook.address(TOKEN)}])
    one.session.know(["hunter-22"])
    one.begins()
    lines = one.ends(
        "reverted", ExitCode.REVERTED, {"code": "x", "what": "hunter-22", "state": "", "next": "hunter-22"}
    )
    assert "hunter-22" not in json.dumps(hook.heard)
    assert lines == ["alert: channel chat was not told of push-started and reverted: it answered with status 500"]
    assert one.session.hide(f"posting to {hook.address(TOKEN)}") == "posting to ********"


def test_a_variable_that_is_not_set_is_told_before_the_run_and_stops_nothing(run, hook, monkeypatch):
    monkeypatch.delenv("CHAT_URL", raising=False)
    monkeypatch.setenv("TEAM_URL", hook.address(TOKEN))
    monkeypatch.setenv("WRONG_URL", TOKEN)
    channels = [{"name": name, "url_env": f"{name.upper()}_URL"} for name in ("chat", "wrong", "team")]
    one = run(channels)
    no_address = "the environment variable WRONG_URL does not hold an address such as slack://..."
    assert one.early == [
        "alert: channel chat is told nothing: the environment variable CHAT_URL is not set",
        f"alert: channel wrong is told nothing: {no_address}",
    ]
    one.begins()
    assert one.ends() == []
    assert len(hook.heard) == 2


@pytest.mark.parametrize("command", ["plan", "check", "status"])
def test_a_command_that_tells_nobody_anything_says_nothing_of_channels(run, command):
    one = run([{"name": "chat", "url_env": "NOT_SET"}], command)
    assert one.early == []
    assert one.listener.finish() == []


def encrypt(directory, name):
    program = Path(sys.executable).with_name("ansible-vault")
    words = [program, "encrypt", "--vault-password-file", "password", name]
    subprocess.run(words, cwd=directory, check=True, capture_output=True)


def test_an_address_in_a_file_may_be_encrypted_with_the_vault(run, hook, tmp_path):
    (tmp_path / "password").write_text("vault-password\n")
    (tmp_path / "chat.url").write_text(f"{hook.address(TOKEN)}\n")
    (tmp_path / "plain.url").write_text(f"{hook.address('plain')}\n")
    encrypt(tmp_path, "chat.url")
    channels = [{"name": "chat", "url_file": "chat.url"}, {"name": "plain", "url_file": "plain.url"}]
    one = run(channels, vault=VaultOptions(password_files=("password",)))
    assert one.early == []
    one.begins()
    assert one.ends() == []
    assert sorted(hook.asked) == ["/plain", "/plain", f"/{TOKEN}", f"/{TOKEN}"]
    assert one.session.hide(hook.address(TOKEN)) == "********"


def test_an_encrypted_address_without_its_password_is_told(run, tmp_path):
    (tmp_path / "password").write_text("vault-password\n")
    (tmp_path / "other").write_text("another-password\n")
    (tmp_path / "chat.url").write_text("json://127.0.0.1/x\n")
    encrypt(tmp_path, "chat.url")
    one = run([{"name": "chat", "url_file": "chat.url"}], vault=VaultOptions(password_files=("other",)))
    one.begins()
    assert one.ends() == ["alert: channel chat is told nothing: no known vault password opens chat.url"]


def test_templates_write_title_and_text(run, hook):
    title = "{{ severity | upper }} {{ project }} {{ kind }}"
    body = "{% for host in hosts %}{{ host.host }}={{ host.end }}{% endfor %} {{ run }}"
    one = run([{"name": "chat", "url": hook.address(TOKEN), "title": title, "body": body, "events": ["reverted"]}])
    one.begins()
    one.ends("reverted", ExitCode.REVERTED)
    assert hook.titles == ["ERROR web reverted"]
    assert hook.heard[0]["message"] == f"web1=reverted {one.session.identity.run}"


@pytest.mark.parametrize("body", ["{{ hosts[5].end }}", "{{ 1 / 0 }}", "{{ ''.__class__.__mro__ }}", "{{ kind + 1 }}"])
def test_a_template_that_cannot_be_used_is_told_and_the_alert_goes_out(run, hook, body):
    one = run([{"name": "chat", "url": hook.address(TOKEN), "body": body, "events": ["reverted"]}])
    one.begins()
    (line,) = one.ends("reverted", ExitCode.REVERTED)
    assert line.startswith(
        "alert: channel chat: its template cannot be used, so that safedeploy's own words were sent: "
    )
    assert "why of reverted" in hook.heard[0]["message"]


def test_drift_is_told_once_over_several_runs_and_so_is_its_end(run, hook):
    channels = [{"name": "chat", "url": hook.address(TOKEN)}]
    for _ in range(3):
        assert run(channels, "drift").drifted(item()) == []
    for _ in range(2):
        assert run(channels, "drift").drifted(exit_code=ExitCode.OK) == []
    assert hook.titles == ["web/prod: drift on web1: 1 new", "web/prod: drift gone on web1: 1, none is left"]
    assert [message["type"] for message in hook.heard] == ["failure", "info"]


def test_drift_that_did_not_reach_a_channel_is_told_by_the_next_check(run, hook):
    channels = [{"name": "chat", "url": hook.address(TOKEN)}]
    hook.status = 503
    (line,) = run(channels, "drift").drifted(item())
    assert line == "alert: channel chat was not told of drift-found: it answered with status 503"
    hook.status = 200
    assert run(channels, "drift").drifted(item()) == []
    assert run(channels, "drift").drifted(item()) == []
    assert hook.titles == ["web/prod: drift on web1: 1 new"] * 2


def test_a_memory_that_cannot_be_kept_loses_no_alert(run, hook, tmp_path):
    (tmp_path / "state").write_text("a file where a directory must be")
    channels = [{"name": "chat", "url": hook.address(TOKEN)}]
    for _ in range(2):
        (line,) = run(channels, "drift").drifted(item())
        assert line.startswith(
            "alert: channel chat: what it was told could not be kept, so that it may be told again: "
        )
    assert len(hook.heard) == 2


def test_a_check_that_broke_is_told(run, hook):
    one = run([{"name": "chat", "url": hook.address(TOKEN)}], "drift")
    error = {"code": "inventory-empty", "what": "inventories/prod names no host", "state": "", "next": "Add hosts."}
    one.tell(Milestone.RUN_ENDED, exit_code=3, error=error, document=None)
    assert one.listener.finish() == []
    assert hook.titles == ["web/prod: the drift check could not be made"]
    assert "inventories/prod names no host" in hook.heard[0]["message"]


def test_a_check_that_was_interrupted_is_not_told(run, hook):
    one = run([{"name": "chat", "url": hook.address(TOKEN)}], "drift")
    one.tell(Milestone.RUN_ENDED, exit_code=130, error=None, document=None)
    assert one.listener.finish() == []
    assert hook.heard == []
