"""The dead-man, as a real process."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest
from safedeploy_host import deadman, deadman_lock, install, people, window
from safedeploy_host.lock import locked
from safedeploy_host.protocol import AgentError
from safedeploy_host.services import Services

from safedeploy.adapters import agent_file

FILES = {"sites/a.conf": b"new"}


@pytest.fixture
def pending(world):
    """A host with an unconfirmed activation, on the real clock, and its dead-man's process id."""
    world.httpd.clock = time.time()
    world.httpd.uptime = Services(world.site).uptime
    world.write("sites/a.conf", b"old")
    world.stage(FILES)
    pids = []

    def activate(window):
        def arm(store, activation):
            armed = deadman.arm(store, install.install(store, str(agent_file.build().path)), activation)
            pids.append(armed["pid"])
            return armed

        return world.activate(arm=arm, confirm_window=window)

    yield world, activate, pids
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass


def wait_for(condition, seconds=60.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def ended(pid):
    return os.waitpid(pid, os.WNOHANG)[0] == pid


def test_a_change_that_nobody_confirms_is_undone_when_the_window_ends(pending):
    world, activate, _ = pending
    activate(1)
    assert '"event": "activated"' in "".join(world.store.log.lines())
    assert wait_for(lambda: world.state["pending"] is None)
    assert wait_for(lambda: (world.root / "sites/a.conf").read_bytes() == b"old")
    assert wait_for(lambda: "it was not confirmed within its window" in world.store.log.lines()[-1])


def test_a_confirmed_change_stays_and_the_process_ends_by_itself(pending):
    world, activate, pids = pending
    done = activate(30)
    world.confirm(done["activation"])
    assert wait_for(lambda: ended(pids[0]))
    assert (world.root / "sites/a.conf").read_bytes() == b"new"


def test_it_belongs_to_no_session_of_ours_and_holds_none_of_our_files(pending):
    world, activate, pids = pending
    activate(30)
    assert os.getsid(pids[0]) == pids[0]
    descriptors = Path(f"/proc/{pids[0]}/fd")
    own = deadman_lock.path(world.store, world.state["pending"]["activation"])
    assert wait_for(lambda: {os.readlink(path) for path in descriptors.iterdir()} == {"/dev/null", own})  # noqa: PTH115 - Path.readlink came with Python 3.9
    assert len(list(descriptors.iterdir())) == 4


def test_a_confirmation_that_holds_the_lock_at_the_last_moment_wins(pending):
    world, activate, pids = pending
    activate(60)
    with locked(world.store.lock, 5):
        state = world.state
        soon = window.opened(world.httpd, 0.5)
        world.store.state.save({**state, "pending": {**state["pending"], **soon}})
        time.sleep(2)
        assert world.state["pending"], "the decision is made under the lock"
        world.store.state.save({**state, "pending": None, "known_good": "aaaaaaaaaaaa"})
    assert wait_for(lambda: ended(pids[0]))
    assert (world.root / "sites/a.conf").read_bytes() == b"new"


def test_nothing_is_changed_when_it_cannot_be_started(world, monkeypatch):
    world.write("sites/a.conf", b"old")
    world.stage(FILES)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(Exception, match="dead-man did not start"):
        world.activate(arm=lambda store, activation: deadman.arm(store, "/nowhere.pyz", activation))
    assert (world.root / "sites/a.conf").read_bytes() == b"old"
    assert world.state["pending"] is None


def test_it_is_known_whether_the_one_that_stands_guard_lives(pending):
    world, activate, pids = pending
    activate(30)
    seen = world.call("observe")
    assert seen["dead_man"]["alive"]
    assert (seen["dead_man"]["kind"], seen["dead_man"]["pid"]) == ("process", pids[0])
    assert not any("dead-man" in text for text in seen["problems"])
    os.kill(pids[0], signal.SIGKILL)
    os.waitpid(pids[0], 0)
    seen = world.call("observe")
    assert not seen["dead_man"]["alive"]
    assert any("is gone: nothing reverts this host by itself" in text for text in seen["problems"])


def test_when_it_was_killed_the_next_command_after_the_window_does_its_work(pending):
    world, activate, pids = pending
    activate(1)
    os.kill(pids[0], signal.SIGKILL)
    os.waitpid(pids[0], 0)
    time.sleep(1.2)
    assert world.state["pending"]
    with pytest.raises(AgentError, match="the lease on this host"):
        world.call("renew", token="not the token")
    assert world.state["pending"] is None
    assert (world.root / "sites/a.conf").read_bytes() == b"old"


def test_a_clock_that_is_set_forward_does_not_end_the_window(pending):
    world, activate, _ = pending
    done = activate(30)
    world.httpd.clock += 86_400
    world.confirm(done["activation"])
    assert world.state["known_good"] == "aaaaaaaaaaaa"


def test_what_a_killed_one_left_goes_when_the_next_is_armed(pending):
    world, activate, pids = pending
    first = activate(30)["activation"]
    os.kill(pids[0], signal.SIGKILL)
    os.waitpid(pids[0], 0)
    left = Path(deadman_lock.path(world.store, first))
    assert left.exists()
    world.revert()
    activate(30)
    assert not left.exists()


@pytest.mark.parametrize("words", [["--state-dir", "x", "--activation"], ["--state-dir", "x", "y"], ["--activation"]])
def test_a_command_line_of_its_that_is_none_is_told_as_such(words, capsys):
    with pytest.raises(SystemExit) as ended:
        people.run(["dead-man", *words])
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err
