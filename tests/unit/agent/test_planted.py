"""What a user of the host plants where safedeploy reads and writes: nothing outside is read, written or waited for."""

from __future__ import annotations

import os
import subprocess
import threading
import time

import pytest
from safedeploy_host import fsio, tree
from safedeploy_host.probes import plan
from safedeploy_host.protocol import AgentError

from tests.unit.agent.world import refused

DEEP = "a/b/c/site.conf"
SECRET = b"root:secret"


@pytest.fixture
def outside(world):
    """A directory that safedeploy has no business in, with a file that its attacker may not read."""
    directory = world.base / "outside"
    directory.mkdir()
    (directory / "shadow").write_bytes(SECRET)
    return directory


def untouched(outside):
    return [path.name for path in outside.rglob("*")] == ["shadow"] and (outside / "shadow").read_bytes() == SECRET


@pytest.mark.parametrize("level", ["a", "a/b", "a/b/c"])
def test_a_link_at_any_level_is_neither_written_nor_read_through(world, outside, level):
    place = world.root / level
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(outside)
    (outside / "b/c").mkdir(parents=True)
    (outside / "b/c/site.conf").write_bytes(SECRET)
    (outside / "c").mkdir()
    (outside / "site.conf").write_bytes(SECRET)
    before = sorted(outside.rglob("*"))
    world.prepare({DEEP: b"new"})
    assert refused(world.preflight, {DEEP: b"new"}).code == "through-link"
    path = str(world.root / DEEP)
    seen = world.call("observe", desired=world.manifest({DEEP: b"new"})[0]["entries"], content=True)
    assert (seen["live"][path], seen["content"]) == ({"kind": "other", "type": "through-link"}, {})
    with pytest.raises(AgentError):
        tree.content(path, world.store.roots)
    assert sorted(outside.rglob("*")) == before


def test_a_link_in_the_place_of_a_managed_file_is_seen_as_a_link_and_not_read(world, outside):
    world.push({"sites/a.conf": b"a"})
    path = world.root / "sites/a.conf"
    path.unlink()
    path.symlink_to(outside / "shadow")
    seen = world.call("observe", desired=world.manifest({"sites/a.conf": b"b"})[0]["entries"], content=True)
    assert seen["live"][str(path)]["kind"] == "link"
    assert seen["content"] == {}
    world.push({"sites/a.conf": b"b"}, "bbbbbbbbbbbb")
    assert path.read_bytes() == b"b"
    assert untouched(outside)


def test_a_second_name_of_a_file_elsewhere_is_replaced_and_its_content_not_handed_out(world, outside):
    path = world.root / "sites/a.conf"
    os.link(outside / "shadow", path)
    seen = world.call("observe", desired=world.manifest({"sites/a.conf": b"a"})[0]["entries"], content=True)
    assert seen["content"] == {}
    assert [text for text in seen["problems"] if "another name" in text]
    world.push({"sites/a.conf": b"a"})
    assert path.read_bytes() == b"a"
    assert untouched(outside)


def test_a_directory_that_becomes_a_link_at_any_moment_leads_nowhere(world, outside):
    """The attacker swaps the two as fast as it can, while releases are switched."""
    over = threading.Event()
    real, aside, link = world.root / "sites", world.root / "aside", world.root / "link"
    link.symlink_to(outside)

    def swap():
        while not over.is_set():
            real.rename(aside)
            link.rename(real)
            real.rename(link)
            aside.rename(real)

    attacker = threading.Thread(target=swap)
    store, done, stopped = world.store, 0, 0
    store.create()
    goals = [store.objects.put(text) for text in (b"one", b"two")]
    trees = [world.manifest({"sites/a.conf": text})[0]["entries"] for text in (b"one", b"two")]
    assert [entries[str(real / "a.conf")]["sha256"] for entries in trees] == goals
    attacker.start()
    try:
        ends = time.monotonic() + 0.8
        while time.monotonic() < ends:
            for entries in trees:
                try:
                    _switch(store, entries)
                    done += 1
                except (AgentError, OSError):
                    stopped += 1
    finally:
        over.set()
        attacker.join()
    assert done + stopped > 10
    assert untouched(outside)


def _switch(store, entries):
    """Write and rename as the switch does."""
    for path, entry in entries.items():
        at = fsio.place(path, store.roots)
        if at is None:
            continue
        with at:
            os.close(fsio.write_new(at, f"{fsio.TEMPORARY}0", store.objects.read(entry["sha256"])))
            os.rename(f"{fsio.TEMPORARY}0", at.name, src_dir_fd=at.dir_fd, dst_dir_fd=at.dir_fd)


@pytest.mark.parametrize(
    "name", ["sites/../../outside/x", "sites//x", "sites/x/", "sites/./x", "sites/\0x", "../outside/x", ""]
)
def test_a_path_that_is_written_in_another_way_than_the_plain_one_is_refused(world, outside, name):
    path = f"{world.root}/{name}"
    with pytest.raises(AgentError):
        tree.check({path: tree.absent()})
    with pytest.raises(AgentError):
        fsio.place(path, world.store.roots)
    assert untouched(outside)


def test_an_allowed_root_may_be_a_link_for_it_is_the_operator_s_word(world):
    named = world.base / "named"
    named.symlink_to(world.root)
    with fsio.place(f"{named}/sites/x", [str(named)]) as at:
        assert os.fstat(at.dir_fd).st_ino == (world.root / "sites").stat().st_ino


@pytest.mark.parametrize("kind", ["fifo", "dir"])
def test_what_is_no_file_keeps_nobody_waiting(world, kind):
    path = world.root / "sites/a.conf"
    os.mkfifo(path) if kind == "fifo" else path.mkdir()
    began = time.monotonic()
    assert tree.live_entry(str(path), world.store.roots) == {"kind": "other", "type": kind}
    world.prepare({"sites/a.conf": b"a"})
    assert refused(world.preflight, {"sites/a.conf": b"a"}).code == "in-the-way"
    assert time.monotonic() - began < 5


def test_a_file_that_becomes_a_fifo_after_it_was_looked_at_keeps_nobody_waiting(world):
    path = world.root / "sites/a.conf"
    os.mkfifo(path)
    with pytest.raises(OSError, match="no regular file"):
        tree.content(str(path), world.store.roots)


def test_a_fifo_among_the_htaccess_files_keeps_no_preflight_waiting(world):
    os.mkfifo(world.root / ".htaccess")
    assert plan._reader({}, None)(str(world.root / ".htaccess")) == ""


def test_a_file_that_grows_while_it_is_read_comes_to_an_end(world, monkeypatch):
    path = world.write("sites/a.conf", b"x")
    whole = fsio.chunks

    def grown(fd):
        for piece in whole(fd):
            with path.open("ab") as stream:  # as much again as was read, each time
                stream.write(b"x" * (1 << 20))
            yield piece

    monkeypatch.setattr(fsio, "chunks", grown)
    assert tree.live_entry(str(path), world.store.roots)["size"] < 64 << 20


def test_a_large_file_is_told_by_its_digest_and_not_sent(world):
    path = world.root / "sites/a.conf"
    with path.open("wb") as stream:
        stream.truncate(1 << 25)
    seen = world.call("observe", desired=world.manifest({"sites/a.conf": b"a"})[0]["entries"], content=True)
    assert seen["live"][str(path)]["size"] == 1 << 25
    assert seen["content"] == {}


def test_a_file_that_may_not_be_replaced_leaves_everything_as_it_was(world):
    path = world.write("sites/b.conf", b"old")
    if os.geteuid() != 0 or subprocess.run(["chattr", "+i", str(path)], capture_output=True, check=False).returncode:
        pytest.skip("needs root and a file system with the immutable flag")
    try:
        before = world.snapshot()
        world.stage({"sites/a.conf": b"a", "sites/b.conf": b"b"})
        refused(world.activate)
        assert world.snapshot() == before
    finally:
        subprocess.run(["chattr", "-i", str(path)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory to somebody else")
def test_a_state_directory_of_somebody_else_is_refused(world):
    world.state_dir.mkdir()
    os.chown(world.state_dir, 65534, 65534)
    assert refused(world.prepare, {"sites/a.conf": b"a"}).code == "no-permission"


def test_a_state_directory_that_anybody_could_exchange_is_refused(world):
    world.base.chmod(0o777)
    try:
        error = refused(world.prepare, {"sites/a.conf": b"a"})
        assert (error.code, str(world.base) in error.message) == ("no-permission", True)
        world.base.chmod(0o1777)
        world.prepare({"sites/a.conf": b"a"})
    finally:
        world.base.chmod(0o700)
