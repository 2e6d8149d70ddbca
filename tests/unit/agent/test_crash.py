"""A death at any instruction that changes the disk: the next start finds the old tree or the new one, whole."""

from __future__ import annotations

import itertools
import os
import tempfile
from pathlib import Path

import pytest
from safedeploy_host.changing import changing

from tests.unit.agent.crash import killed_at
from tests.unit.agent.world import World

OLD = {
    "sites/a.conf": b"old a",
    "sites/b.conf": b"old b",
    "on/a.conf": "../sites/a.conf",
    "on/b.conf": "../sites/b.conf",
}
NEW = {
    "sites/a.conf": (b"new a", "0600"),
    "sites/c.conf": b"new c",
    "fresh/deep/d.conf": b"new d",
    "on/a.conf": "../sites/c.conf",
    "sites/b.conf": None,
}


def start(world):
    """What every command does first, on a host where httpd has been started anew."""
    world.httpd.running = True
    with changing(world.site, world.httpd) as store:
        return store.state.load()


def check_settled(world, old, new):
    state = start(world)
    snapshot = world.snapshot()
    assert snapshot in (old, new)
    assert not (world.state_dir / "journal.json").exists()
    assert (snapshot == new) == (state["current"] == "bbbbbbbbbbbb")
    assert world.httpd.status()["loaded"] or state["pending"]
    return snapshot, state


@pytest.fixture
def tmp_path():
    """Memory where there is some, because hundreds of deaths sync thousands of files."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as directory:
        yield Path(directory)


@pytest.fixture
def ready(tmp_path):
    """A host on OLD with NEW staged, both trees, and a saved copy to start from again."""
    world = World(tmp_path / "host")
    world.push(OLD, "aaaaaaaaaaaa")
    old = world.snapshot()
    world.save(tmp_path / "before-staging")
    world.push(NEW, "bbbbbbbbbbbb")
    new = world.snapshot()
    world.restore(tmp_path / "before-staging")
    world.stage(NEW, "bbbbbbbbbbbb")
    world.save(tmp_path / "staged")
    return world, old, new, tmp_path / "staged"


def test_an_activation_killed_at_any_step_leaves_the_old_or_the_new_tree(ready):
    world, old, new, saved = ready
    seen = set()
    for number in itertools.count(1):
        world.restore(saved)
        killed = killed_at(number, lambda: world.activate("bbbbbbbbbbbb"))
        snapshot, state = check_settled(world, old, new)
        seen.add(snapshot == new)
        if snapshot == new:
            assert state["pending"], "an unconfirmed release has an end"
            world.httpd.clock += 100
            start(world)
            assert world.snapshot() == old
            world.httpd.clock -= 100
        if not killed:
            break
    assert number > 30
    assert seen == {False, True}


def test_a_revert_killed_at_any_step_is_completed_by_the_next_start(ready):
    world, old, new, saved = ready
    world.activate("bbbbbbbbbbbb")
    world.save(saved)
    for number in itertools.count(1):
        world.restore(saved)
        killed = killed_at(number, world.revert)
        check_settled(world, old, new)
        if not killed:
            break
    assert world.snapshot() == old
    assert number > 20


def test_a_recovery_killed_at_any_step_is_completed_by_the_next_start(ready):
    world, old, new, saved = ready
    for step in itertools.count(1):
        world.restore(saved)
        assert killed_at(step, lambda: world.activate("bbbbbbbbbbbb"))
        if world.snapshot() not in (old, new) and "fresh/deep/d.conf" in world.snapshot():
            break
    world.save(saved)
    for number in itertools.count(1):
        world.restore(saved)
        killed = killed_at(number, lambda: start(world))
        check_settled(world, old, new)
        assert world.snapshot() == old
        if not killed:
            break
    assert number > 20


def test_a_confirmation_killed_at_any_step_leaves_a_known_good_that_can_be_restored(ready):
    world, _, new, saved = ready
    done = world.activate("bbbbbbbbbbbb")
    world.save(saved)
    for number in itertools.count(1):
        world.restore(saved)
        killed = killed_at(
            number, lambda: world.call("confirm", token=world.token, activation=done["activation"], keep=1)
        )
        state = start(world)
        assert world.snapshot() == new
        assert state["known_good"] in ("aaaaaaaaaaaa", "bbbbbbbbbbbb")
        assert world.store.objects.missing(world.store.effective(state["known_good"])) == []
        if not killed:
            break
    assert state["known_good"] == "bbbbbbbbbbbb"


def test_a_preflight_killed_at_any_step_changes_nothing_and_can_be_repeated(ready, tmp_path):
    world, old, _, _ = ready
    world.restore(tmp_path / "before-staging")
    for number in itertools.count(1):
        world.restore(tmp_path / "before-staging")
        world.prepare(NEW, "bbbbbbbbbbbb")
        killed = killed_at(number, lambda: world.preflight(NEW, "bbbbbbbbbbbb"))
        assert world.snapshot() == old
        if not killed:
            break
        world.stage(NEW, "bbbbbbbbbbbb")
        world.activate("bbbbbbbbbbbb")
