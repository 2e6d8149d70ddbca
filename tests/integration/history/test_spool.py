"""The spool keeps what the store cannot take: a disk that is full, a store that is down, lines that are damaged."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time

import pytest

from safedeploy.adapters.history.place import place
from safedeploy.adapters.history.spool import Spool
from safedeploy.adapters.history.store import Store
from safedeploy.core.policy import History
from safedeploy.workflows.delivery import Delivery, bring_left
from tests.integration.history.story import recorded, records
from tests.private_postgres import PrivatePostgres, binaries


def anything(_record):
    return True


@contextlib.contextmanager
def small_disk(directory):
    """A file system of 16 KiB."""
    directory.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(directory)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(directory)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small file system, which needs root")
def test_a_full_disk_leaves_whole_lines_and_the_store_gets_the_rest(file, tmp_path):
    with small_disk(tmp_path / "spool"):
        spool = Spool(tmp_path / "spool", "run1")
        delivery = Delivery(file, "run1", mine=anything, directory=tmp_path / "spool")
        every = records(100)
        refused = 0
        for record in every:
            delivery.put([record])
            try:
                spool.append([record])
            except OSError:
                refused += 1
        lines = spool.path.read_bytes()
        assert refused
        assert lines.endswith(b"}\n")
        assert delivery.end(30)
        assert len(recorded(file, "run1")[1]) == len(every) - 1
        spool.remove()


def test_a_store_that_stops_and_comes_back_gets_every_event_once(tmp_path):
    programs = binaries()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed here")
    server = PrivatePostgres(programs)
    try:
        at = place(History(url_env="URL"), {"URL": server.url})
        every = records(30)
        spool = Spool(tmp_path, "run1")
        delivery = Delivery(at, "run1", mine=anything, directory=tmp_path)
        delivery.begin()
        delivery.put(every[:10])
        spool.append(every[:10])
        deadline = time.monotonic() + 20
        while not _arrived(at):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        server.stop()
        delivery.put(every[10:])
        spool.append(every[10:])
        began = time.monotonic()
        assert not delivery.end(2.5)
        assert time.monotonic() - began < 4
        assert delivery.trouble is not None
        assert "refused" in delivery.trouble
        spool.close()
        server.start()
        assert bring_left(Store(at), tmp_path, anything) == 1
        run, events = recorded(at, "run1")
        assert run is not None
        assert run.exit_code == 0
        assert [event.seq for event in events] == [one["seq"] for one in every if one["kind"] != "document"]
    finally:
        server.end()


def _arrived(at):
    with Store(at).reading() as connection:
        return connection is not None and bool(recorded(at, "run1")[1])


def test_a_damaged_line_becomes_an_event_that_says_so_and_half_a_last_one_was_never_written(file, tmp_path):
    spool = Spool(tmp_path, "run1")
    every = records(3)
    spool.append(every)
    spool.close()
    lines = (tmp_path / "run1.jsonl").read_bytes().split(b"\n")
    lines[2] = b'{"seq": 2, "ki\x00\xff'
    (tmp_path / "run1.jsonl").write_bytes(b"\n".join(lines) + b'{"seq": 99, "kind": "ph')
    assert bring_left(Store(file), tmp_path, anything) == 1
    run, events = recorded(file, "run1")
    assert run is not None
    assert run.summary == "3 confirmed"
    assert [(event.seq, event.kind) for event in events if event.seq in (1, 2, 3)] == [
        (1, "provenance"),
        (2, "damaged"),
        (3, "host-ended"),
    ]
    assert 99 not in {event.seq for event in events}


def test_a_spool_without_its_beginning_is_kept_for_a_person(file, tmp_path):
    (tmp_path / "run1.jsonl").write_text("nothing\n")
    os.utime(tmp_path / "run1.jsonl", (0, 0))
    assert bring_left(Store(file), tmp_path, anything) == 0
    assert [path.name for path in tmp_path.glob("run1*")] == ["run1.damaged"]


def test_the_spool_of_a_living_run_is_left_alone(file, tmp_path):
    spool = Spool(tmp_path, "run1")
    spool.append(records())
    assert bring_left(Store(file), tmp_path, anything) == 0
    spool.close()
    assert bring_left(Store(file), tmp_path, anything) == 1


def test_what_is_for_another_store_is_left_to_it(file, tmp_path):
    spool = Spool(tmp_path, "run1")
    spool.append(records())
    spool.close()
    assert bring_left(Store(file), tmp_path, lambda record: record["environment"] == "staging") == 0
    assert (tmp_path / "run1.jsonl").exists()


def test_a_spool_is_of_its_user_alone(tmp_path):
    spool = Spool(tmp_path / "state/spool", "run1")
    assert oct(spool.path.stat().st_mode)[-3:] == "600"
    assert oct(spool.path.parent.stat().st_mode)[-3:] == "700"
