"""What cannot be written for want of room leaves the old file, and takes no room itself."""

from __future__ import annotations

import errno
import resource
import signal
import time

import pytest
from safedeploy_host import changing, deadman, fsio
from safedeploy_host.protocol import AgentError

from tests.unit.agent.world import refused


@pytest.fixture
def little_room():
    """Files of this process cannot grow beyond 10 bytes, as if the disk were full then."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def test_a_record_that_does_not_fit_leaves_the_old_one_alone(tmp_path, little_room):
    path = tmp_path / "state.json"
    fsio.replace_file(str(path), b"old")
    with pytest.raises(OSError, match="File too large"):
        fsio.replace_file(str(path), b"new and too long")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("state.json", b"old")]


def test_an_activation_keeps_room_for_its_revert(world):
    world.write("sites/a.conf", b"old")
    world.stage({"sites/a.conf": b"new"})
    done = world.activate()
    reserve = world.state_dir / "reserve"
    assert reserve.stat().st_size > 64 << 10
    world.call("revert", token=world.token, run="run", actor="test", activation=done["activation"])
    assert not reserve.exists()


@pytest.mark.parametrize(
    "failure",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        AgentError("no-permission", "the state directory cannot be made", next="Look."),
    ],
    ids=["error", "refusal"],
)
def test_a_dead_man_that_cannot_write_tries_again(world, monkeypatch, failure):
    world.write("sites/a.conf", b"old")
    world.stage({"sites/a.conf": b"new"})
    activation = world.activate(confirm_window=1)["activation"]
    world.httpd.clock += 2
    tries = []

    def put_back(*arguments, **words):
        tries.append(time.monotonic())
        if len(tries) == 1:
            raise failure
        return real(*arguments, **words)

    real = deadman.put_back
    monkeypatch.setattr(deadman, "put_back", put_back)
    monkeypatch.setattr(changing, "recover", lambda *_, **__: None)
    monkeypatch.setattr(deadman, "_say_armed", lambda: None)
    assert deadman.stand_guard(world.store, world.httpd, activation) == "reverted"
    assert len(tries) == 2
    assert world.state["pending"] is None


def test_a_dead_man_ends_when_it_has_stranded_the_host(world, monkeypatch):
    world.stage({"sites/a.conf": b"new"})
    activation = world.activate(confirm_window=1)["activation"]
    world.httpd.clock += 2
    world.httpd.always_dead = True
    monkeypatch.setattr(deadman, "_say_armed", lambda: None)
    assert refused(deadman.stand_guard, world.store, world.httpd, activation).code == "stranded"
