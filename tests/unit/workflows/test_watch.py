"""What a watch does beside its numbers: it goes on where it ended, and nothing that goes wrong in it ends it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from safedeploy.adapters import command, watch_state
from safedeploy.core.diagnose.hypothesis import Hypothesis
from safedeploy.core.watch import told
from safedeploy.core.watch.detector import Kind
from safedeploy.core.watch.fleet import Tick, Trouble
from safedeploy.workflows import watch
from safedeploy.workflows.lately import Lately
from safedeploy.workflows.taking_back import TakingBack

NOW = 1_000_000.0
CAUSE = Hypothesis(id="backend", title="a backend is down", weight=0.9, speaks_for=("it refuses",))
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
        {"at": NOW, "positions": {"web1": {"/var/log/apache2/access.log": 5}}},
        {"at": NOW, "positions": {"web1": {"/var/log/apache2/access.log": {"offset": "three"}}}},
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
    ("why", "said", "told"),
    [
        ("", "plan\n2 hosts: swordfish\n", "the rollback is done: 2 hosts: ********"),
        (
            "it ended with exit code 4",
            "error[release-not-present]: no host has it\n  next: nothing",
            "the rollback did not end well, it ended with exit code 4: error[release-not-present]: no host has it",
        ),
    ],
)
def test_a_rollback_is_of_the_same_hosts_and_opens_the_same_vault(session, monkeypatch, why, said, told):
    ran = []

    def run(words, *, directory, environ, limit):
        ran.append((words[3:], directory, limit, bool(environ)))
        return command.Ended(why=why, seconds=1.0, output=said)

    monkeypatch.setattr(command, "run", run)
    acts = []
    TakingBack(session, acts.append)._roll_back("aaaa", "watch: errors")
    ((words, directory, limit, _),) = ran
    assert words[:4] == ["--project", str(session.target.project), "rollback", "prod"]
    assert words[words.index("--from") + 1] == "aaaa"
    assert words[words.index("--limit") + 1] == "web1"
    assert words[words.index("--vault-id") + 1] == "default@/proc/1/fd/3"
    assert (directory, limit) == (Path(session.target.project), float("inf"))
    assert acts == [told]


def test_a_cause_that_becomes_clear_later_is_told_then_and_once(session, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(watch, "time", SimpleNamespace(monotonic=lambda: clock[0], time=lambda: NOW + clock[0]))
    monkeypatch.setattr(watch, "lately", lambda *_: Lately(changes=()))
    answers = [None, None, SimpleNamespace(named=CAUSE), SimpleNamespace(named=CAUSE)]
    monkeypatch.setattr(watch, "diagnose", lambda *_, **__: answers.pop(0))
    one, _ = watching(session)
    one._workers = SimpleNamespace(submit=lambda work, *args, **more: work(*args, **more))
    told = []

    def at(second):
        clock[0] = second
        one._look_again()
        told.extend(said for said in one._pending if one._is_news(said))
        one._pending.clear()

    trouble = Trouble(key="k", opened=True, at=NOW, kind=Kind.ERRORS, site="www", hosts=("web1",))
    one._pending.append(one._look_into(trouble))
    for second in (0, 19, 21, 59, 61, 200):
        at(second)
    assert [(said.to_json()["what"], said.to_json()["cause"]) for said in told] == [
        ("opened", None),
        ("explained", "backend"),
    ]
    assert told[1].headline == "the cause of the server errors of www: a backend is down"
    assert told[1].lines == ("safedeploy has changed nothing lately", "cause: a backend is down (0.90)", "it refuses")
    assert len(answers) == 1, "what is clear is not asked about again"


def test_two_searches_that_end_at_the_same_time_tell_a_cause_once(session):
    one, _ = watching(session)
    trouble = Trouble(key="k", opened=True, at=NOW, kind=Kind.ERRORS, site="www", hosts=("web1",))
    assert one._is_news(told.said("prod", trouble, None, None, str))
    later = told.said("prod", trouble, None, SimpleNamespace(named=CAUSE), str, later=True)
    assert [one._is_news(later), one._is_news(later)] == [True, False]


def test_what_has_closed_is_not_asked_about_again(session):
    one, _ = watching(session)
    trouble = Trouble(key="k", opened=True, at=NOW, kind=Kind.ERRORS, site="www", hosts=("web1",))
    assert one._is_news(told.said("prod", trouble, None, None, str))
    assert one._unclear
    assert one._is_news(told.said("prod", replace(trouble, opened=False), None, None, str))
    assert not one._unclear
