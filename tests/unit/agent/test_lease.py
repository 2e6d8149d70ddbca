"""One run at a time, and a run that lost its lease can do nothing more."""

from __future__ import annotations

import fcntl

import pytest
from safedeploy_host.lock import locked

from tests.unit.agent.world import refused

FILES = {"sites/a.conf": b"a"}


def test_a_second_run_is_told_who_holds_the_lease_and_until_when(world):
    world.prepare(FILES, run="run-1", holder="ann", ttl=300)
    error = refused(world.prepare, FILES, run="run-2", holder="bob")
    assert error.code == "lease-held"
    assert (error.detail["holder"], error.detail["run"]) == ("ann", "run-1")
    assert error.detail["until"] > error.detail["since"]


def test_an_expired_lease_is_taken_over_and_the_old_token_is_worth_nothing(world):
    world.prepare(FILES, run="run-1", ttl=300)
    world.preflight(FILES)
    old = world.token
    world.httpd.clock += 301
    new = world.prepare(FILES, run="run-2")["token"]
    assert int(new.split("-")[0]) > int(old.split("-")[0])
    for command in ("activate", "preflight", "confirm", "revert", "renew", "release-lease"):
        manifest, objects = world.manifest(FILES)
        error = refused(
            world.call,
            command,
            token=old,
            run="run-1",
            actor="ann",
            release="aaaaaaaaaaaa",
            manifest=manifest,
            objects=objects,
            activation="x",
        )
        assert error.code == "lease-lost", command
    assert world.snapshot() == {"sites": ("dir",)}


def test_an_expired_lease_that_nobody_took_is_extended_by_its_own_run(world):
    world.prepare(FILES, ttl=300)
    world.preflight(FILES)
    world.httpd.clock += 301
    assert world.call("observe")["lease"]["expired"]
    done = world.activate()
    assert not world.call("observe")["lease"]["expired"]
    world.confirm(done["activation"])


def test_the_same_run_renews_its_lease_and_keeps_its_token(world):
    first = world.prepare(FILES)["token"]
    world.httpd.clock += 200
    assert world.prepare(FILES)["token"] == first
    world.httpd.clock += 200
    world.call("renew", token=first)
    world.httpd.clock += 200
    world.preflight(FILES)


def test_a_lease_that_was_given_back_is_free_for_the_next_run(world):
    old = world.prepare(FILES)["token"]
    world.call("release-lease", token=old)
    assert world.call("observe")["lease"] is None
    new = world.prepare(FILES, run="run-2")["token"]
    assert int(new.split("-")[0]) == int(old.split("-")[0]) + 1


def test_nobody_sees_the_token_of_another_run(world):
    token = world.prepare(FILES)["token"]
    seen = world.call("observe")
    assert seen["lease"]["run"] == "run-1"
    assert token not in str(seen)
    assert token not in "".join(world.store.log.lines())


def test_a_command_does_not_wait_for_ever_for_the_lock(world, tmp_path):
    lock = tmp_path / "lock"
    with lock.open("w") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        with pytest.raises(Exception, match="another command") as caught, locked(str(lock), 0.1):
            pass
    assert caught.value.code == "lease-held"
