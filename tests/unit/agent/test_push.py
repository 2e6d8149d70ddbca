"""prepare, preflight, activate, confirm and revert, in the order of a push."""

from __future__ import annotations

import json
import os
import re

import pytest
from safedeploy_host import verdict

from tests.unit.agent.world import refused

FIRST = {"sites/a.conf": b"a", "sites/b.conf": (b"b", "0600"), "on/a.conf": "../sites/a.conf"}
SECOND = {"sites/a.conf": b"a2", "sites/c.conf": b"c"}


def test_a_push_makes_the_tree_and_moves_the_known_good_on_confirmation(world):
    done = world.push(FIRST, confirm=False)
    assert done["outcome"] == "activated"
    assert [step["step"] for step in done["steps"]] == ["keep", "arm", "switch", "reload", "health", "probes"]
    assert world.state["known_good"] == "adopted"
    assert world.state["pending"]["activation"] == done["activation"] == world.armed[0]
    assert world.call("confirm", token=world.token, activation=done["activation"])["known_good"] == "aaaaaaaaaaaa"
    assert world.state["pending"] is None
    assert world.snapshot() == {
        "on": ("dir",),
        "on/a.conf": ("link", "../sites/a.conf"),
        "sites": ("dir",),
        "sites/a.conf": ("file", "0644", b"a"),
        "sites/b.conf": ("file", "0600", b"b"),
    }


def test_a_new_directory_can_be_entered_by_httpd_whatever_the_umask(world):
    old = os.umask(0o077)
    try:
        world.push(FIRST)
    finally:
        os.umask(old)
    assert (world.root / "on").stat().st_mode & 0o7777 == 0o755


def test_a_path_that_leaves_management_gets_back_what_was_displaced(world):
    world.write("sites/a.conf", b"by hand", 0o640)
    world.push(FIRST)
    world.push({"sites/c.conf": b"c"}, release="bbbbbbbbbbbb", run="run-1")
    assert world.snapshot() == {
        "on": ("dir",),
        "sites": ("dir",),
        "sites/a.conf": ("file", "0640", b"by hand"),
        "sites/c.conf": ("file", "0644", b"c"),
    }


def test_the_first_push_reverts_to_what_was_there_byte_for_byte(world):
    world.write("sites/a.conf", b"\x00by hand\r\n", 0o4711)
    world.write("old/x", b"x", 0o600)
    (world.root / "sites/b.conf").symlink_to("a.conf")
    before = world.snapshot()
    done = world.push({**FIRST, "old/x": None, "new/deep/er": b"n"})
    back = world.revert(done["activation"])
    assert (back["outcome"], back["went_to"], back["verified"]) == ("reverted", "before", True)
    assert world.snapshot() == before
    assert world.state["current"] == "adopted"


def test_a_stored_release_can_be_rolled_back_to_without_sending_anything(world):
    world.push(FIRST)
    world.push(SECOND, release="bbbbbbbbbbbb")
    manifest = world.call("read", release="aaaaaaaaaaaa")
    assert world.prepare(FIRST)["missing"] == []
    world.call(
        "preflight", token=world.token, manifest={k: manifest[k] for k in manifest if k != "effective"}, objects={}
    )
    assert world.activate()["outcome"] == "activated"
    assert (world.root / "sites/a.conf").read_bytes() == b"a"


def test_a_release_that_is_live_and_loaded_is_left_alone(world):
    world.push(FIRST)
    reloads = world.httpd.reloads
    done = world.push(FIRST, release="bbbbbbbbbbbb", confirm=False)
    assert (done["outcome"], done["activation"]) == ("unchanged", None)
    assert world.httpd.reloads == reloads
    assert (world.state["current"], world.state["known_good"], world.state["pending"]) == (
        "bbbbbbbbbbbb",
        "bbbbbbbbbbbb",
        None,
    )
    assert world.call("confirm", token=world.token, activation=None)["known_good"] == "bbbbbbbbbbbb"


def test_a_release_that_is_live_but_not_loaded_is_loaded(world):
    world.push(FIRST)
    world.httpd.loaded = b"something else"
    reloads = world.httpd.reloads
    assert world.push(FIRST)["outcome"] == "activated"
    assert world.httpd.reloads == reloads + 1


@pytest.mark.parametrize("fault", [b"DIES", b"SERVES-500"])
def test_a_release_that_does_not_work_is_reverted_in_the_same_call(world, fault):
    world.push(FIRST)
    before = world.snapshot()
    world.stage({"sites/a.conf": fault, "new/x": b"x"}, release="bbbbbbbbbbbb")
    error = refused(world.activate, "bbbbbbbbbbbb")
    assert error.code == "reverted"
    assert error.detail["cause_code"] == {b"DIES": "reload-failed", b"SERVES-500": "health-failed"}[fault]
    assert error.detail["revert"]["went_to"] == "before"
    assert world.snapshot() == before
    assert world.httpd.running
    assert (world.state["current"], world.state["known_good"], world.state["pending"]) == (
        "aaaaaaaaaaaa",
        "aaaaaaaaaaaa",
        None,
    )


def test_a_bug_in_the_middle_of_an_activation_reverts_too(world, monkeypatch):
    world.push(FIRST)
    before = world.snapshot()
    world.stage(SECOND, release="bbbbbbbbbbbb")

    def broken(baseline, now):
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(world.httpd, "regressions", broken, raising=True)
    monkeypatch.setattr(verdict, "still_failing", lambda *_: [])
    error = refused(world.activate, "bbbbbbbbbbbb")
    assert (error.code, error.detail["cause_code"]) == ("reverted", "bug")
    # The place in the agent is all that a report of it can go by.
    assert re.fullmatch(r"ZeroDivisionError: oops \(at verdict\.py:\d+ failing\)", error.detail["cause"])
    assert world.snapshot() == before


def test_a_syntax_error_is_refused_by_preflight_and_cannot_be_activated(world):
    before = world.snapshot()
    files = {"sites/a.conf": b"SYNTAX"}
    world.prepare(files)
    error = refused(world.preflight, files)
    assert (error.code, error.detail["output"]) == ("configtest-failed", "AH00526: Syntax error")
    assert refused(world.activate).code == "no-such-release"
    assert world.snapshot() == before


def test_a_tree_that_changed_since_the_plan_is_refused_with_the_paths(world):
    world.push(FIRST)
    planned = world.call("observe", desired=world.manifest(SECOND)[0]["entries"])
    edited = world.write("sites/a.conf", b"by hand")
    world.prepare(SECOND, "bbbbbbbbbbbb")
    error = refused(world.preflight, SECOND, "bbbbbbbbbbbb", expect_live=planned["live_digest"])
    assert (error.code, error.detail["paths"]) == ("live-changed", [str(edited)])
    assert refused(world.preflight, SECOND, "bbbbbbbbbbbb", expect_live=planned["live"]).detail["paths"] == [
        str(edited)
    ]


def test_a_tree_that_changed_between_preflight_and_activation_is_refused_with_the_paths(world):
    world.push(FIRST)
    planned = world.call("observe", desired=world.manifest(SECOND)[0]["entries"])["live_digest"]
    world.prepare(SECOND, "bbbbbbbbbbbb")
    world.preflight(SECOND, "bbbbbbbbbbbb", expect_live=planned)
    edited = world.write("sites/b.conf", b"by hand")
    error = refused(world.activate, "bbbbbbbbbbbb", expect_live=planned)
    assert (error.code, error.detail["paths"]) == ("live-changed", [str(edited)])
    assert world.state["pending"] is None


def test_a_change_that_needs_a_restart_is_refused_unless_allowed(world):
    world.httpd.restart_why = ["another MPM"]
    world.stage(FIRST)
    assert refused(world.activate).code == "restart-needed"
    assert world.snapshot() == {"sites": ("dir",)}
    world.activate(allow_restart=True)
    assert world.httpd.restarted


def test_what_came_in_by_a_restart_goes_out_by_a_restart(world):
    world.httpd.restart_why = ["ServerLimit"]
    world.stage(FIRST)
    done = world.activate(allow_restart=True)
    world.httpd.restarted = False
    world.revert(done["activation"])
    assert world.httpd.restarted


def test_nothing_confirms_an_activation_whose_window_has_passed(world):
    world.write("sites/a.conf", b"old")
    done = world.push(FIRST, confirm=False)
    world.httpd.clock += 61
    assert refused(world.call, "confirm", token=world.token, activation=done["activation"]).code == "reverted"
    assert (world.root / "sites/a.conf").read_bytes() == b"old"
    assert world.state["known_good"] == "adopted"


def test_confirming_twice_is_fine(world):
    done = world.push(FIRST)
    assert world.call("confirm", token=world.token, activation=done["activation"])["known_good"] == "aaaaaaaaaaaa"


def test_another_run_waits_for_a_pending_activation(world):
    world.push(FIRST, confirm=False)
    world.call("release-lease", token=world.token)
    error = refused(world.prepare, SECOND, "bbbbbbbbbbbb", "run-2")
    assert (error.code, error.detail["run"]) == ("pending-exists", "run-1")
    world.httpd.clock += 61
    world.prepare(SECOND, "bbbbbbbbbbbb", "run-2")
    assert world.state["current"] == "adopted"


def test_every_change_has_a_line_in_the_audit(world):
    done = world.push(FIRST)
    world.revert(done["activation"])
    events = [json.loads(line)["event"] for line in world.store.log.lines()]
    assert events == ["prepared", "staged", "activated", "confirmed", "reverted"]


def test_no_leftover_lies_in_a_directory_that_httpd_reads(world):
    world.push(FIRST)
    world.push(SECOND, release="bbbbbbbbbbbb")
    assert not [name for name in world.snapshot() if ".ht." in name]
