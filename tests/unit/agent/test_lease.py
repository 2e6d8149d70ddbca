"""One run at a time, and a run that lost its lease can do nothing more."""

from __future__ import annotations

import fcntl
import json

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


def leasing(world, files, objects=None, run="run-1"):
    """The request of a preflight for which the host is to take the lease."""
    manifest, contents = world.manifest(files)
    sent = contents if objects is None else objects
    return {"run": run, "holder": "ann", "ttl": 300, "manifest": manifest, "objects": sent}


def test_a_preflight_without_a_token_takes_the_lease_and_tells_of_it_before_it_goes_on(world):
    assert world.call("preflight", **leasing(world, FILES))["staged"] == {"objects": 1, "bytes": 1}
    ((name, told),) = world.told
    assert (name, len(told["missing"])) == ("prepared", 1)
    assert world.store.lease.read()["token"] == told["token"]
    world.token = told["token"]
    assert world.activate()["outcome"] == "activated"
    assert [json.loads(line)["event"] for line in world.call("audit")["lines"]][:2] == ["prepared", "staged"]


def test_a_preflight_that_fails_has_told_of_its_lease(world):
    assert refused(world.call, "preflight", **leasing(world, {"sites/a.conf": b"SYNTAX"})).code == "configtest-failed"
    ((_, told),) = world.told
    world.call("release-lease", token=told["token"])


def test_a_preflight_takes_no_lease_from_another_run_and_tells_nothing(world):
    world.prepare(FILES, run="run-2", holder="bob")
    assert refused(world.call, "preflight", **leasing(world, FILES)).code == "lease-held"
    assert not world.told
    assert world.store.lease.read()["run"] == "run-2"


def test_a_preflight_that_lacks_contents_says_which_and_has_the_lease(world):
    files = {**FILES, "sites/b.conf": b"another"}
    _, contents = world.manifest(files)
    sent, unsent = contents
    error = refused(world.call, "preflight", **leasing(world, files, {sent: contents[sent]}))
    assert (error.code, error.detail) == ("object-missing", {"missing": [unsent]})
    ((_, told),) = world.told
    assert told["missing"] == sorted(contents)
    world.token = told["token"]
    assert world.preflight(files)["staged"]["objects"] == 2


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


def test_a_lease_that_was_taken_away_fences_the_run_that_had_it(world):
    world.prepare(FILES, run="run-1", holder="ann")
    world.preflight(FILES)
    done = world.call("unlock", actor="bob", run="run-2", reason="ann's laptop is lost", holder_run="run-1")
    assert (done["outcome"], done["lease"]["holder"]) == ("unlocked", "ann")
    error = refused(world.activate)
    assert error.code == "lease-lost"
    assert "bob took the lease on this host away" in error.message
    assert "ann's laptop is lost" in error.message
    line = world.store.log.lines()[-1]
    assert all(word in line for word in ("lease-taken-away", "ann's laptop is lost", "bob", "run-1", "run-2"))
    world.prepare(FILES, run="run-3")


def test_only_the_lease_that_the_person_saw_is_taken_away(world):
    world.prepare(FILES, run="run-2", holder="eve")
    error = refused(world.call, "unlock", actor="bob", reason="old", holder_run="run-1")
    assert (error.code, error.detail["holder"]) == ("lease-held", "eve")
    world.preflight(FILES)


def test_a_lease_is_not_taken_away_while_its_change_may_still_be_confirmed(world):
    world.push(FILES, confirm=False)
    error = refused(world.call, "unlock", actor="bob", reason="in a hurry", holder_run="run-1")
    assert error.code == "pending-exists"
    assert "abort" in error.next
    world.httpd.clock += 61
    assert world.call("unlock", actor="bob", reason="it is over", holder_run="run-1")["outcome"] == "unlocked"
    assert world.state["pending"] is None
    assert "sites/a.conf" not in world.snapshot()


def test_taking_away_what_nobody_has_is_no_error(world):
    done = world.call("unlock", actor="bob", reason="to be sure", holder_run="run-1")
    assert done == {"outcome": "nothing-to-unlock", "lease": None}


def test_a_run_gives_back_by_its_key_a_lease_whose_token_it_never_heard(world):
    key = "0123456789abcdef" * 2
    world.call("take-lease", run="run-1", holder="ann", ttl=300, key=key)
    for wrong in ("", "x" * 32, key[:-1], key[:8]):
        assert refused(world.call, "release-lease", key=wrong).code == "lease-lost"
    world.call("release-lease", key=key)
    assert world.call("observe")["lease"] is None


def test_the_lease_by_itself_shuts_out_other_runs_and_becomes_that_of_the_same_run(world):
    token = world.call("take-lease", run="run-1", holder="ann", ttl=300)["token"]
    assert refused(world.prepare, FILES, run="run-2").code == "lease-held"
    assert world.prepare(FILES, run="run-1")["token"] == token


def test_another_run_may_take_the_lease_only_to_decide_on_what_is_pending(world):
    activation = world.push(FILES, confirm=False)["activation"]
    world.call("release-lease", token=world.token)
    assert refused(world.call, "take-lease", run="run-2", holder="bob", ttl=60).code == "pending-exists"
    world.token = world.call("take-lease", run="run-2", holder="bob", ttl=60, activation=activation)["token"]
    assert world.confirm(activation)["known_good"] == "aaaaaaaaaaaa"


def test_a_run_that_is_at_work_is_named_before_what_it_has_pending(world):
    world.push(FILES, confirm=False)
    assert refused(world.prepare, FILES, run="run-2").code == "lease-held"
    assert refused(world.call, "take-lease", run="run-2", holder="bob", ttl=60).code == "lease-held"
    world.call("release-lease", token=world.token)
    assert refused(world.prepare, FILES, run="run-2").code == "pending-exists"
