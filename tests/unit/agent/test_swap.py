"""A hand edit in the very moment of the switch is neither overwritten nor lost, with renameat2(2) and without."""

from __future__ import annotations

import errno
import os

import pytest
from safedeploy_host import swap, switch, tree

from tests.unit.agent.crash import killed_at
from tests.unit.agent.test_crash import start, tmp_path
from tests.unit.agent.world import refused

__all__ = ["tmp_path"]

OLD = {"sites/a.conf": b"old a", "sites/b.conf": b"old b", "on/a.conf": "../sites/a.conf", "sites/d.conf": b"old d"}
NEW = {"sites/a.conf": b"new a", "sites/c.conf": b"new c", "on/a.conf": "../sites/c.conf", "sites/b.conf": None}


@pytest.fixture(params=["renameat2", "links", "neither"])
def means(request, monkeypatch):
    """What kernel and file system have."""
    if request.param != "renameat2":
        monkeypatch.setattr(swap, "renameat2", lambda *_: False)
    if request.param == "neither":

        def no_links(*_args, **_kwargs):
            raise OSError(errno.EPERM, "no hard links here")

        monkeypatch.setattr(os, "link", no_links)
    return request.param


def without_temporaries(world):
    return {name: found for name, found in world.snapshot().items() if ".ht.safedeploy." not in name}


def at_the_switch(monkeypatch, edit):
    """Do `edit` when all new contents lie beside their places, before the first of them is put there."""
    real, done = switch._replace, []

    def replace(*args):
        if not done:
            done.append(edit())
        real(*args)

    monkeypatch.setattr(switch, "_replace", replace)


@pytest.fixture
def staged(world, means):
    world.push(OLD)
    world.stage(NEW, "bbbbbbbbbbbb")
    return world


def test_a_switch_makes_the_new_tree_and_leaves_nothing_beside_it(staged):
    staged.activate("bbbbbbbbbbbb")
    found = staged.snapshot()
    assert (found["sites/a.conf"][2], found["sites/c.conf"][2]) == (b"new a", b"new c")
    assert found["on/a.conf"] == ("link", "../sites/c.conf")
    assert sorted(found) == ["on", "on/a.conf", "sites", "sites/a.conf", "sites/c.conf"]


EDITS = {
    "changed": lambda world: world.write("sites/a.conf", b"by hand"),
    "changed before it is removed": lambda world: world.write("sites/b.conf", b"by hand"),
    "made": lambda world: world.write("sites/c.conf", b"by hand"),
    "deleted": lambda world: (world.root / "sites/a.conf").unlink(),
}


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_at_the_switch_of_an_activation_is_refused_and_everything_is_as_it_was(
    staged, what, monkeypatch, means
):
    edited = []
    at_the_switch(monkeypatch, lambda: (EDITS[what](staged), edited.append(without_temporaries(staged))))
    reloads = staged.httpd.reloads
    error = refused(staged.activate, "bbbbbbbbbbbb")
    assert error.code == "live-changed"
    assert staged.snapshot() == edited[0]
    assert staged.httpd.reloads == reloads
    assert (staged.state["pending"], staged.state["current"]) == (None, "aaaaaaaaaaaa")
    assert staged.store.journal.read() is None


def test_an_edit_at_the_switch_of_a_revert_is_kept_aside(staged, monkeypatch):
    done = staged.activate("bbbbbbbbbbbb")
    at_the_switch(monkeypatch, lambda: staged.write("sites/a.conf", b"by hand"))
    back = staged.revert(done["activation"])
    assert (staged.root / "sites/a.conf").read_bytes() == b"old a"
    (kept,) = back["kept_aside"]
    assert staged.store.objects.read(kept["entry"]["sha256"]) == b"by hand"


def test_a_directory_that_appears_at_the_switch_is_left_where_it_is(staged, monkeypatch):
    at_the_switch(monkeypatch, (staged.root / "sites/c.conf").mkdir)
    error = refused(staged.activate, "bbbbbbbbbbbb")
    assert error.code in ("reverted", "stranded")
    assert (staged.root / "sites/c.conf").is_dir()


def test_an_edit_survives_a_death_at_any_step_of_the_switch(world, tmp_path):
    """Exchanged, and killed before anybody looked at what came out: the next start keeps it."""
    world.push(OLD)
    world.stage(NEW, "bbbbbbbbbbbb")
    world.save(tmp_path / "saved")
    number, edited, lost = 0, 0, []
    while True:
        number += 1
        world.restore(tmp_path / "saved")

        def activate_while_somebody_edits():
            with pytest.MonkeyPatch.context() as patch:
                at_the_switch(patch, lambda: world.write("sites/a.conf", b"by hand"))
                try:
                    world.activate("bbbbbbbbbbbb")
                except tree.AgentError:
                    return

        killed = killed_at(number, activate_while_somebody_edits)
        seen = b"by hand" in (world.root / "sites/a.conf").read_bytes() or any(
            path.read_bytes() == b"by hand" for path in (world.root / "sites").glob(".ht.safedeploy.*")
        )
        start(world)
        kept = [path for path in (world.state_dir / "objects").iterdir() if path.read_bytes() == b"by hand"]
        edited += seen
        if seen and not kept and (world.root / "sites/a.conf").read_bytes() != b"by hand":
            lost.append(number)
        if not killed:
            break
    assert lost == []
    assert edited > 3
