"""Going back: what was there before, hand edits kept aside, and further back when that does not work."""

from __future__ import annotations

import errno
import subprocess

from safedeploy_host import by_hand, deadman_lock

from tests.unit.agent.test_push import FIRST, SECOND
from tests.unit.agent.world import refused


def test_a_hand_edit_after_the_activation_is_kept_aside_by_the_revert(world):
    done = world.push(FIRST)
    edited = world.write("sites/a.conf", b"urgent fix by hand")
    back = world.revert(done["activation"])
    (kept,) = back["kept_aside"]
    assert kept["path"] == str(edited)
    assert world.store.objects.read(kept["entry"]["sha256"]) == b"urgent fix by hand"
    world.push(SECOND, release="bbbbbbbbbbbb", keep=1)
    assert world.store.objects.read(kept["entry"]["sha256"]) == b"urgent fix by hand"
    assert any("urgent" not in line and kept["entry"]["sha256"] in line for line in world.store.log.lines())


def test_a_kept_edit_comes_with_the_command_that_puts_it_back(world):
    done = world.push(FIRST, confirm=False)
    edited = world.write("sites/a.conf", b"urgent fix by hand", 0o640)
    (kept,) = world.revert(done["activation"])["kept_aside"]
    assert not edited.exists()
    subprocess.run(["/bin/sh", "-c", kept["restore"]], check=True)
    assert (edited.read_bytes(), edited.stat().st_mode & 0o777) == (b"urgent fix by hand", 0o640)
    assert world.state["last_revert"]["kept_aside"] == [kept]


def test_more_edits_than_are_remembered_of_old_reverts_are_all_kept(world):
    files = {f"sites/{number}.conf": b"x" for number in range(120)}
    done = world.push(files, confirm=False)
    for name in files:
        world.write(name, name.encode())
    kept = world.revert(done["activation"])["kept_aside"]
    assert len(kept) == 120
    world.push(FIRST, release="bbbbbbbbbbbb", keep=1)
    assert all(world.store.objects.intact(one["entry"]["sha256"]) for one in kept)


def test_an_edited_release_is_not_confirmed_and_the_edit_is_not_lost(world):
    world.write("sites/a.conf", b"old")
    done = world.push(FIRST, confirm=False)
    edited = world.write("sites/a.conf", b"by hand, inside the window")
    error = refused(world.confirm, done["activation"])
    assert (error.code, error.detail["paths"]) == ("live-changed", [str(edited)])
    assert edited.read_bytes() == b"by hand, inside the window"
    assert (world.state["known_good"], world.state["pending"]["activation"]) == ("adopted", done["activation"])
    world.httpd.clock += 61
    refused(world.confirm, done["activation"])
    assert edited.read_bytes() == b"old"
    (kept,) = world.state["last_revert"]["kept_aside"]
    assert world.store.objects.read(kept["entry"]["sha256"]) == b"by hand, inside the window"


def test_a_release_whose_edit_was_undone_is_confirmed(world):
    done = world.push(FIRST, confirm=False)
    world.write("sites/a.conf", b"by hand")
    refused(world.confirm, done["activation"])
    world.write("sites/a.conf", b"a")
    assert world.confirm(done["activation"])["known_good"] == "aaaaaaaaaaaa"


def test_a_revert_that_cannot_go_to_the_known_good_goes_further_back_and_says_so(world):
    world.push({"sites/a.conf": b"oldest"})
    world.push({"sites/a.conf": b"known-good, NEEDS-CERT"}, release="bbbbbbbbbbbb")
    world.stage({"sites/a.conf": b"newest, NEEDS-CERT"}, release="cccccccccccc")
    world.httpd.dies_of = b"NEEDS-CERT"  # a certificate that safedeploy does not look after was deleted meanwhile
    error = refused(world.activate, "cccccccccccc")
    back = error.detail["revert"]
    assert (back["went_to"], back["release"], back["verified"]) == ("older", "aaaaaaaaaaaa", True)
    assert "before (bbbbbbbbbbbb): httpd did not come up on it" in error.state
    last = world.state["last_revert"]
    assert (last["went_to"], [one["went_to"] for one in last["tried"]]) == ("older", ["before"])
    assert world.state["current"] == "aaaaaaaaaaaa"
    assert any('"went_to": "older"' in line and '"tried": [{' in line for line in world.store.log.lines())


def test_the_state_says_which_run_s_activation_was_reverted_and_why(world):
    done = world.push(FIRST, run="run-7")
    world.revert(done["activation"], run="run-7")
    last = world.call("observe")["state"]["last_revert"]
    assert (last["activation"], last["run"], last["cause"]) == (done["activation"], "run-7", "ann asked for it")


def test_reverting_twice_says_that_there_is_nothing_to_revert(world):
    done = world.push(FIRST)
    world.revert(done["activation"])
    again = world.revert(done["activation"])
    assert (again["outcome"], again["verified"], again["release"]) == ("nothing-to-revert", True, "adopted")


def test_what_lies_below_a_pending_activation_is_not_reverted(world):
    first = world.push(FIRST)
    second = world.push(SECOND, release="bbbbbbbbbbbb", confirm=False)
    assert refused(world.revert, first["activation"]).code == "pending-exists"
    assert (world.root / "sites/a.conf").read_bytes() == b"a2"
    assert world.state["pending"]["activation"] == second["activation"]


def test_a_script_that_cannot_be_removed_does_not_make_a_revert_a_failure(world, monkeypatch):
    done = world.push(FIRST)

    def refuse(*_, **__):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(by_hand, "forget", refuse)
    monkeypatch.setattr(deadman_lock, "sweep", refuse)
    assert world.revert(done["activation"])["outcome"] == "reverted"
    assert '"event": "reverted"' in world.store.log.lines()[-1]


def test_reverting_a_confirmed_activation_moves_the_known_good_back(world):
    world.push(FIRST)
    second = world.push(SECOND, release="bbbbbbbbbbbb")
    world.revert(second["activation"])
    assert (world.state["current"], world.state["known_good"]) == ("aaaaaaaaaaaa", "aaaaaaaaaaaa")


def test_a_revert_starts_an_httpd_that_is_dead(world):
    done = world.push(FIRST)
    world.httpd.running = False
    world.revert(done["activation"])
    assert world.httpd.running


def test_a_revert_restarts_an_httpd_that_obeys_no_graceful(world):
    done = world.push(FIRST)
    world.httpd.hangs = True
    back = world.revert(done["activation"])
    assert (back["went_to"], world.httpd.restarted) == ("before", True)


def test_a_live_configuration_that_cannot_be_read_through_does_not_stop_a_revert(world, monkeypatch):
    done = world.push(FIRST)

    def refuse():
        raise OSError(errno.ENAMETOOLONG, "File name too long")

    monkeypatch.setattr(world.httpd, "pid_files", refuse)
    assert world.revert(done["activation"])["went_to"] == "before"


def test_what_needed_a_restart_gets_one_though_the_files_are_back_by_hand(world):
    world.push({"sites/a.conf": b"old"})
    world.httpd.restart_why = ["another MPM"]
    world.stage({"sites/a.conf": b"new"}, "bbbbbbbbbbbb")
    done = world.activate("bbbbbbbbbbbb", allow_restart=True)
    world.write("sites/a.conf", b"old")
    world.httpd.restarted = False
    world.revert(done["activation"])
    assert world.httpd.restarted


def test_a_revert_whose_stored_content_is_damaged_goes_to_the_known_good(world):
    world.push(FIRST)
    world.write("sites/a.conf", b"by hand")
    done = world.push(SECOND, release="bbbbbbbbbbbb", confirm=False)
    damaged = world.state["pending"]["before"][str(world.root / "sites/a.conf")]["sha256"]
    (world.state_dir / "objects" / damaged).write_bytes(b"garbage")
    back = world.revert(done["activation"])
    assert (back["went_to"], back["release"]) == ("known-good", "aaaaaaaaaaaa")
    assert damaged in back["tried"][0]["why"]
    assert (world.root / "sites/a.conf").read_bytes() == b"a"


def test_an_error_that_nobody_foresaw_leaves_the_other_places_to_go(world, monkeypatch):
    world.push(FIRST)
    world.write("sites/a.conf", b"by hand")
    done = world.push(SECOND, release="bbbbbbbbbbbb", confirm=False)
    real = world.httpd.reload

    def reload(**words):
        if world.httpd._read().startswith(b"by hand"):
            raise KeyError("unforeseen")
        return real(**words)

    monkeypatch.setattr(world.httpd, "reload", reload)
    back = world.revert(done["activation"])
    assert (back["went_to"], [one["why"] for one in back["tried"]]) == ("known-good", ["'unforeseen'"])


def test_a_host_that_nothing_brings_up_is_stranded_with_steps_and_can_be_reverted_later(world):
    world.push(FIRST)
    before = world.snapshot()
    world.stage(SECOND, release="bbbbbbbbbbbb")
    world.httpd.always_dead = True
    error = refused(world.activate, "bbbbbbbbbbbb")
    assert error.code == "stranded"
    assert any("configtest" in step for step in error.detail["steps"])
    assert world.state["stranded"]["steps"] == error.detail["steps"]
    assert world.snapshot() == before
    world.httpd.always_dead = False
    assert world.revert(None)["outcome"] == "reverted"
    assert world.state["stranded"] is None
    assert world.httpd.running
