"""What a watch does beside its numbers: it goes on where it ended, and nothing that goes wrong in it ends it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from safedeploy.adapters import command, watch_state
from safedeploy.core.watch.detector import Kind
from safedeploy.core.watch.fleet import Tick, Trouble
from safedeploy.workflows import watch

NOW = 1_000_000.0
READ = {"/var/log/apache2/access.log": {"device": 1, "inode": 2, "offset": 3}}


class Screen:
    """Remembers what the watch says that it has done."""

    def __init__(self):
        self.acts = []

    def acted(self, text):
        self.acts.append(text)


@pytest.fixture
def session(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return SimpleNamespace(
        hosts=(SimpleNamespace(name="web1"), SimpleNamespace(name="web2")),
        policy=SimpleNamespace(project="shop", environment="prod"),
        target=SimpleNamespace(project=tmp_path, environment="prod", limit="web1"),
        inventory=SimpleNamespace(vault_args=lambda: ["--vault-id", "default@/proc/1/fd/3"]),
        hide=lambda text: text.replace("swordfish", "********"),
    )


def watching(session):
    screen = Screen()
    return watch.Watch(session, watch.Options(), screen, None), screen


def test_a_watch_that_is_started_again_reads_on_from_what_was_judged(session, monkeypatch):
    monkeypatch.setattr(watch.time, "time", lambda: NOW)
    first, _ = watching(session)
    first._take("web1", Tick(at=NOW, every=10.0, sites={}, p95={}, positions=READ))
    first._judged = dict(first._positions)
    first._take("web1", Tick(at=NOW, every=10.0, sites={}, p95={}, positions={}))
    first._save()
    again, _ = watching(session)
    assert again._positions == {"web1": READ}


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"positions": {"web1": READ}},
        {"at": "now", "positions": {"web1": READ}},
        {"at": NOW - 601, "positions": {"web1": READ}},
        {"at": NOW + 60, "positions": {"web1": READ}},
        {"at": NOW, "positions": {"web1": 5, "web3": READ}},
        {"at": NOW, "positions": [READ]},
    ],
)
def test_a_watch_begins_at_the_end_of_the_logs_when_the_last_one_is_long_ago_or_not_to_be_read(
    session, monkeypatch, known
):
    monkeypatch.setattr(watch.time, "time", lambda: NOW)
    first, _ = watching(session)
    watch_state.write(first._path, known)
    again, _ = watching(session)
    assert again._positions == {}


def test_an_alert_is_told_though_the_search_for_its_cause_fails(session, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("swordfish")

    monkeypatch.setattr(watch, "lately", broken)
    one, screen = watching(session)
    trouble = Trouble(key="k", opened=True, at=NOW, kind=Kind.SILENCE, site="", hosts=("web1",), why="it is down")
    said = one._look_into(trouble)
    assert said.headline == "nothing is heard of web1: it is down"
    assert said.lines == ("what safedeploy has changed lately is not known: the search for it failed",)
    assert said.diagnosis is None
    assert screen.acts == ["its cause could not be looked for: ZeroDivisionError: ********"]


@pytest.mark.parametrize(
    ("why", "told"),
    [
        ("", "the rollback is done: 2 hosts: ********"),
        (
            "it ended with exit code 4",
            "the rollback did not end well, it ended with exit code 4: 2 hosts: ********",
        ),
    ],
)
def test_a_rollback_is_of_the_same_hosts_and_opens_the_same_vault(session, monkeypatch, why, told):
    ran = []

    def run(words, *, directory, environ, limit):
        ran.append((words[3:], directory, limit, bool(environ)))
        return command.Ended(why=why, seconds=1.0, output="plan\n2 hosts: swordfish\n")

    monkeypatch.setattr(watch.command, "run", run)
    one, screen = watching(session)
    one._roll_back("watch: errors")
    ((words, directory, limit, _),) = ran
    assert words[:4] == ["--project", str(session.target.project), "rollback", "prod"]
    assert words[words.index("--limit") + 1] == "web1"
    assert words[words.index("--vault-id") + 1] == "default@/proc/1/fd/3"
    assert (directory, limit) == (Path(session.target.project), float("inf"))
    assert screen.acts == [told]
