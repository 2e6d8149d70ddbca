"""Reading and forgetting runs, in a real store."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from safedeploy.adapters.history import files, prune
from safedeploy.adapters.history import runs as stored
from safedeploy.adapters.history.deliver import deliver
from safedeploy.adapters.history.rebuild import put_rebuilt
from safedeploy.adapters.history.store import Store
from safedeploy.core.history import Event, Made, Run, Wanted
from safedeploy.core.recording import tree_name
from tests.integration.history.story import NOW, SCOPE, records

DAY = timedelta(days=1)
WANTED = Wanted(project="www", environment="prod")


def tree_records(before, after, end="confirmed"):
    """The records of a run that changes /etc/a on web1; a text is its own digest here."""
    trees = [{} if text is None else {"/etc/a": {"kind": "file", "sha256": text}} for text in (before, after)]
    return [
        *({"kind": "tree", "digest": tree_name(tree), "entries": tree} for tree in trees),
        *({"kind": "text", "sha256": text, "text": text} for text in (before, after) if text is not None),
        {
            "kind": "host-tree", "host": "web1", "end": end, "release": "aaaabbbbcccc", "tree": tree_name(trees[1]),
            "before": tree_name(trees[0]), "before_release": None, "changed": ["/etc/a"],
        },
    ]  # fmt: skip


def put(store, run, at, *more, **how):
    every = records(1, at=at, **how)
    added = [{"seq": 100 + n, "at": at.isoformat(), **one} for n, one in enumerate(more)]
    with store.writing() as connection:
        deliver(connection, run, every + added)


@pytest.fixture
def store(at):
    return Store(at)


def names(store, **how):
    with store.reading() as connection:
        return [run.run for run in stored.runs(connection, dataclasses.replace(WANTED, **how))]


def test_runs_are_found_by_what_is_asked_the_newest_first(store):
    put(store, "a", NOW - 2 * DAY, *tree_records(None, "x"))
    put(store, "b", NOW - DAY, command="plan")
    put(store, "c", NOW, ended=False)
    assert names(store) == ["c", "b", "a"]
    assert names(store, limit=1) == ["c"]
    assert names(store, since=NOW - DAY) == ["c", "b"]
    assert names(store, command="plan") == ["b"]
    assert names(store, path="/etc/a") == ["a"]
    assert names(store, path="/etc/b") == []
    assert names(store, host="web0") == ["c", "b", "a"]
    assert names(store, host="web9") == []
    assert names(store, failed=True) == ["c"]
    assert names(store, environment="staging") == []


def test_a_run_is_named_by_the_beginning_of_its_id(store):
    put(store, "20260301T1", NOW - DAY)
    put(store, "20260301T2", NOW)
    with store.reading() as connection:
        found = {
            name: [run.run for run in stored.named(connection, "www", name, ["prod"])]
            for name in ("20260301T2", "20260301", "last", "2026%", "")
        }
    assert found["20260301T2"] == found["last"] == ["20260301T2"]
    assert len(found["20260301"]) == 2
    assert found["2026%"] == []


def test_what_was_left_held_counts_once_another_run_has_confirmed_it_in_either_order(store):
    confirm = {"command": "confirm"}
    for first, second in (("push", "confirm"), ("confirm", "push")):
        for name in (first, second):
            if name == "push":
                tree = tree_records(None, first, end="held")
                put(store, f"{first}-push", NOW, *[{**one, "host": "web0"} if "host" in one else one for one in tree])
            else:
                put(store, f"{first}-confirm", NOW + DAY, **confirm)
    with store.reading() as connection:
        rows = files.host_trees(connection, **SCOPE)
    assert sorted(row.run for row in rows["web0"]) == ["confirm-push", "push-push"]


def test_what_nobody_confirmed_is_not_live(store):
    put(store, "a", NOW, *tree_records(None, "x", end="held"))
    with store.reading() as connection:
        assert files.host_trees(connection, **SCOPE) == {}


def test_old_runs_are_forgotten_but_for_those_that_set_what_is_live(store):
    put(store, "first", NOW - 9 * DAY, *tree_records(None, "a"))
    put(store, "gone", NOW - 8 * DAY, *tree_records("a", "a\nb"))
    put(store, "plan", NOW - 7 * DAY, command="plan")
    put(store, "last", NOW - 6 * DAY, *tree_records("a\nb", "a\nc"))
    with store.writing() as connection:
        assert prune.prune(connection, **SCOPE, before=NOW - 5 * DAY) == 2
        assert prune.prune(connection, **SCOPE, before=NOW - 5 * DAY) == 0
    assert names(store) == ["last", "first"]
    with store.reading() as connection:
        assert stored.events(connection, "gone") == []
        assert files.texts(connection, *SCOPE.values(), ["a", "a\nb", "a\nc"]).keys() == {"a", "a\nb", "a\nc"}


def test_texts_that_no_run_has_any_more_go_too(store):
    put(store, "first", NOW - 9 * DAY, *tree_records(None, "a"))
    put(store, "second", NOW - 8 * DAY, *tree_records("a", "b"))
    put(store, "third", NOW - 7 * DAY, *tree_records("b", "c"))
    with store.writing() as connection:
        assert prune.prune(connection, **SCOPE, before=NOW) == 2
    with store.reading() as connection:
        assert files.texts(connection, *SCOPE.values(), "abc").keys() == {"b", "c"}


def test_it_is_time_to_prune_once_a_day(store):
    with store.writing() as connection:
        told = [prune.due(connection, **SCOPE, now=NOW + hours * timedelta(hours=1)) for hours in (0, 1, 23, 25, 26)]
    assert told == [True, False, False, True, False]


REBUILT = Run(
    run="a", **SCOPE, command="push", actor="host", started=NOW, ended=NOW, exit_code=0, summary="s", made=Made.REBUILT
)  # fmt: skip
TOLD = Event(run="a", seq=-5, at=NOW, kind="audit", host="web1", result="confirmed")


def known(store):
    with store.reading() as connection:
        run = stored.by_ids(connection, ["a"])["a"]
        return run.made, run.actor, [event.seq for event in stored.events(connection, "a") if event.seq < 0]


def test_what_hosts_tell_is_added_once(store):
    for expected in (1, 0):
        with store.writing() as connection:
            assert put_rebuilt(connection, [REBUILT], [TOLD], []) == expected
    assert known(store) == (Made.REBUILT, "host", [-5])


def test_what_was_recorded_stays_as_it_is(store):
    put(store, "a", NOW)
    with store.writing() as connection:
        assert put_rebuilt(connection, [REBUILT], [TOLD], []) == 0
    assert known(store) == (Made.RECORDED, "anna@ops", [])


def test_a_record_that_arrives_after_the_rebuilding_takes_its_place(store):
    with store.writing() as connection:
        put_rebuilt(connection, [REBUILT], [TOLD], [])
    put(store, "a", NOW)
    assert known(store) == (Made.RECORDED, "anna@ops", [])
