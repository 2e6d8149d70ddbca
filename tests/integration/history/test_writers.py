"""Several writers at once, and writers that die: no event is lost, none is doubled."""

from __future__ import annotations

import multiprocessing
import signal

from safedeploy.adapters.history.store import Store
from safedeploy.workflows.delivery import bring_left
from tests.integration.history.story import recorded, records, write_one_by_one

HOSTS = 40


def writers(at, tmp_path, names, **how):
    """Write runs of these names, each in a process of its own, all at once; their exit codes."""
    fork = multiprocessing.get_context("fork")
    started = [
        fork.Process(target=write_one_by_one, args=(at, tmp_path / "spool", name, HOSTS), kwargs=how) for name in names
    ]
    for process in started:
        process.start()
    for process in started:
        process.join(120)
    return [process.exitcode for process in started]


def test_eight_writers_at_once_lose_and_double_no_event(at, tmp_path):
    names = [f"run{number}" for number in range(8)]
    assert writers(at, tmp_path, names) == [0] * 8
    expected = [record["seq"] for record in records(HOSTS) if record["kind"] != "document"]
    for name in names:
        run, events = recorded(at, name)
        assert run is not None
        assert run.summary == f"{HOSTS} confirmed"
        assert sorted(event.seq for event in events) == expected
    assert list((tmp_path / "spool").iterdir()) == []


def test_what_killed_writers_left_is_delivered_once_by_whoever_comes_next(at, tmp_path):
    names = [f"run{number}" for number in range(4)]
    assert writers(at, tmp_path, names, kill_after=20) == [-signal.SIGKILL] * 4
    assert len(list((tmp_path / "spool").iterdir())) == 4
    store = Store(at)
    assert bring_left(store, tmp_path / "spool", lambda _: True) == 4
    assert bring_left(store, tmp_path / "spool", lambda _: True) == 0
    for name in names:
        run, events = recorded(at, name)
        assert run is not None
        assert run.ended is None
        assert run.failed
        assert sorted(event.seq for event in events) == list(range(20))
