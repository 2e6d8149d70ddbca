"""Machines that share a history tell of the same drift once; what one cannot remember is told again, not lost."""

from __future__ import annotations

import json
import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest

from safedeploy.adapters.history.alerts import open_alerts
from safedeploy.adapters.history.channel_memory import CLAIMED, ChannelMemory
from safedeploy.adapters.history.place import place
from safedeploy.adapters.history.store import Store
from safedeploy.core.channels import Severity
from safedeploy.core.errors import ExitCode
from safedeploy.core.policy import History
from tests.integration.alerts.runs import item
from tests.receivers import free_port

FOUND = {"web1/f1": (Severity.ERROR, "edited /etc/a: by hand")}


@pytest.fixture
def channels(hook):
    return [{"name": "chat", "url": hook.address()}]


@pytest.fixture(params=["sqlite", "postgresql"])
def history(request, tmp_path, monkeypatch):
    """The settings of a history that machines share."""
    if request.param == "sqlite":
        return {"url": f"sqlite:///{tmp_path}/shared.db"}
    server = request.getfixturevalue("postgres")
    monkeypatch.setenv("SHARED_HISTORY", server.database(f"alerts_{secrets.token_hex(4)}"))
    return {"url_env": "SHARED_HISTORY"}


def test_what_one_machine_told_is_not_told_by_another_and_nor_is_its_end(run, hook, channels, history):
    for machine in ("laptop", "scheduler", "ci"):
        assert run(channels, "drift", history=history, machine=machine).drifted(item()) == []
    for machine in ("ci", "laptop"):
        assert run(channels, "drift", history=history, machine=machine).drifted(exit_code=ExitCode.OK) == []
    assert hook.titles == ["web/prod: drift on web1: 1 new", "web/prod: drift gone on web1: 1, none is left"]


def test_of_many_checks_at_once_each_finding_is_told_by_one(run, hook, channels, history):
    with Store(place(History(**history))).writing():
        pass
    machines = [run(channels, "drift", history=history, machine=f"m{number}") for number in range(6)]
    items = [item(f"f{number}", path=f"/etc/apache2/{number}.conf") for number in range(5)]
    with ThreadPoolExecutor(len(machines)) as pool:
        ended = list(pool.map(lambda one: one.drifted_unwatched(*items), machines))
    assert [one for one in ended if one.listener.finish()] == []
    told = [line for message in hook.heard for line in message["message"].splitlines() if "/etc/apache2" in line]
    assert sorted(told) == [f"web1: edited /etc/apache2/{number}.conf: by hand" for number in range(5)]


def test_a_channel_that_was_not_told_leaves_the_finding_to_the_next_check(run, hook, channels, history):
    hook.status = 503
    run(channels, "drift", history=history).drifted(item())
    hook.status = 200
    assert run(channels, "drift", history=history, machine="other").drifted(item()) == []
    assert run(channels, "drift", history=history).drifted(item()) == []
    assert len(hook.heard) == 2


def test_a_store_that_is_down_loses_nothing_and_this_machine_remembers(run, hook, channels):
    history = {"url": f"postgresql://nobody@127.0.0.1:{free_port()}/none"}
    for _ in range(2):
        assert run(channels, "drift", history=history).drifted(item()) == []
    assert run(channels, "drift", history=history).drifted(exit_code=ExitCode.OK) == []
    assert hook.titles == ["web/prod: drift on web1: 1 new", "web/prod: drift gone on web1: 1, none is left"]


def test_what_was_told_while_the_store_was_down_is_not_told_once_more_when_it_is_back(run, hook, channels, history):
    run(channels, "drift", history={"url": f"postgresql://nobody@127.0.0.1:{free_port()}/none"}).drifted(item())
    assert run(channels, "drift", history=history).drifted(item()) == []
    assert run(channels, "drift", history=history).drifted(exit_code=ExitCode.OK) == []
    assert run(channels, "drift", history=history).drifted(item()) == []
    assert [title.partition(":")[2].split()[1] for title in hook.titles] == ["on", "gone", "on"]


def memory(at, channel="chat"):
    return ChannelMemory(at, project="web", environment="prod", channel=channel, run="R")


def test_a_claim_of_a_run_that_died_is_taken_over_after_a_while(history):
    at = place(History(**history))
    dead, other, later = memory(at), memory(at), memory(at)
    assert dead.claim(FOUND, 1000.0) == set()
    assert list(other.known(1001.0)) == ["web1/f1"]
    assert other.claim(FOUND, 1001.0) == {"web1/f1"}
    assert later.known(1001.0 + CLAIMED) == {}
    assert later.claim(FOUND, 1001.0 + CLAIMED) == set()


def test_channels_are_apart(history):
    at = place(History(**history))
    memory(at).put(FOUND, 1000.0)
    assert memory(at, "chat2").known(1001.0) == memory(at, "cha").known(1001.0) == {}
    assert json.dumps(sorted(open_alerts(Store(at), "web", "prod"))) == '["chat/web1/f1"]'
