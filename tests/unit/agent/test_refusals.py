"""What preflight refuses before anything changes, and what it says."""

from __future__ import annotations

import base64
import os
import tempfile
from pathlib import Path

import pytest
from safedeploy_host import room

from tests.unit.agent.world import World, refused

GOOD = {"sites/a.conf": b"a"}


def refusal_of(world, files):
    before = world.snapshot()
    world.prepare(GOOD)
    error = refused(world.preflight, files)
    assert world.snapshot() == before
    assert refused(world.activate).code == "no-such-release"
    return error


def test_a_destination_through_a_link_is_refused(world):
    outside = world.base / "outside"
    outside.mkdir()
    (world.root / "conf").symlink_to(outside)
    error = refusal_of(world, {"conf/x": b"x"})
    assert (error.code, error.detail["link"]) == ("through-link", str(world.root / "conf"))
    assert not list(outside.iterdir())


def test_a_link_at_the_destination_itself_is_replaced_and_not_followed(world):
    target = world.base / "target"
    target.write_bytes(b"keep")
    (world.root / "sites/a.conf").symlink_to(target)
    world.push(GOOD)
    assert target.read_bytes() == b"keep"
    assert not (world.root / "sites/a.conf").is_symlink()


def test_a_destination_outside_the_allowed_roots_is_refused(world):
    assert refusal_of(world, {"/etc/passwd": b"x"}).code == "outside-roots"


@pytest.mark.parametrize("files", [{"sites": b"x"}, {"sites/pipe": b"x"}, {"sites/file/x": b"x"}])
def test_something_in_the_way_is_refused(world, files):
    os.mkfifo(world.root / "sites/pipe")
    (world.root / "sites/file").write_bytes(b"")
    assert refusal_of(world, files).code == "in-the-way"


def test_an_owner_that_the_host_does_not_have_is_refused(world, monkeypatch):
    monkeypatch.setattr("tests.unit.agent.world.OWNER", "nobody-of-that-name")
    error = refusal_of(world, GOOD)
    assert (error.code, error.detail["user"]) == ("unknown-owner", "nobody-of-that-name")


def test_a_full_disk_is_refused_with_numbers(world, monkeypatch):
    monkeypatch.setattr(room, "MARGIN_BYTES", 1 << 60)
    error = refusal_of(world, GOOD)
    assert error.code == "no-space"
    assert error.detail["needed_bytes"] > error.detail["free_bytes"]


@pytest.fixture
def open_world():
    """A host whose directories every user may enter."""
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)
        yield World(Path(directory))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user for a moment")
def test_a_user_is_refused_what_it_may_not_write_and_whom_it_may_not_give_files_to(open_world):
    world = open_world
    world.state_dir.mkdir()
    os.chown(world.state_dir, 65534, 65534)
    os.seteuid(65534)
    try:
        assert refusal_of(world, GOOD).code == "no-permission"
        assert "sites is not writable" in refusal_of(world, GOOD).message
        os.seteuid(0)
        os.chown(world.root / "sites", 65534, 65534)
        os.seteuid(65534)
        assert "is to belong to" in refusal_of(world, GOOD).message
    finally:
        os.seteuid(0)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user for a moment")
def test_a_live_file_that_may_not_be_read_is_named_and_not_replaced(open_world, monkeypatch):
    world = open_world
    monkeypatch.setattr(world.httpd, "status", dict)
    path = world.write("sites/a.conf", b"secret", 0o600)
    world.state_dir.mkdir()
    os.chown(world.state_dir, 65534, 65534)
    os.seteuid(65534)
    try:
        world.prepare(GOOD)
        assert world.call("observe", desired=world.manifest(GOOD)[0]["entries"])["problems"] == [f"{path}: unreadable"]
        assert refused(world.preflight, GOOD).code == "no-permission"
    finally:
        os.seteuid(0)


def test_a_host_without_httpd_is_refused(world, monkeypatch):
    monkeypatch.setattr(world.httpd, "installed", lambda: False)
    assert refusal_of(world, GOOD).code == "no-httpd"


def test_content_that_was_damaged_on_the_way_is_refused(world):
    manifest, objects = world.manifest(GOOD)
    world.prepare(GOOD)
    sent = dict.fromkeys(objects, base64.b64encode(b"other").decode())
    assert refused(world.call, "preflight", token=world.token, manifest=manifest, objects=sent).code == "object-corrupt"


def test_content_that_was_not_sent_is_missed(world):
    manifest, _ = world.manifest(GOOD)
    assert world.prepare(GOOD)["missing"] == [manifest["entries"][str(world.root / "sites/a.conf")]["sha256"]]
    assert refused(world.call, "preflight", token=world.token, manifest=manifest, objects={}).code == "object-missing"


def test_a_stored_content_that_is_damaged_is_asked_for_again(world):
    world.push(GOOD)
    (name,) = world.store.objects.all()
    (world.state_dir / "objects" / name).write_bytes(b"rot")
    assert world.prepare(GOOD)["missing"] == [name]
    world.preflight(GOOD)
    assert world.store.objects.read(name) == b"a"


def test_a_manifest_whose_digest_is_wrong_is_refused(world):
    manifest, objects = world.manifest(GOOD)
    world.prepare(GOOD)
    error = refused(
        world.call, "preflight", token=world.token, manifest={**manifest, "tree": "0" * 64}, objects=objects
    )
    assert error.code == "bad-request"


@pytest.mark.parametrize("release", ["../../x", "", "A B", None])
def test_a_release_id_that_is_no_plain_name_is_refused(world, release):
    manifest, _ = world.manifest(GOOD, release)
    assert refused(world.call, "prepare", run="r", holder="a", ttl=1, manifest=manifest).code == "bad-request"


def test_a_damaged_state_is_refused_and_not_overwritten(world):
    world.push(GOOD)
    (world.state_dir / "state.json").write_text("{half")
    error = refused(world.prepare, GOOD)
    assert (error.code, error.detail["path"]) == ("object-corrupt", str(world.state_dir / "state.json"))


def test_a_state_directory_that_is_a_link_is_refused(world):
    elsewhere = world.base / "elsewhere"
    elsewhere.mkdir()
    world.state_dir.symlink_to(elsewhere)
    assert refused(world.prepare, GOOD).code == "no-permission"


def test_the_state_directory_is_made_private_even_when_it_was_not(world):
    world.state_dir.mkdir(mode=0o755)
    world.push(GOOD)
    assert world.state_dir.stat().st_mode & 0o777 == 0o700
    assert not [p for p in world.state_dir.rglob("*") if not p.is_symlink() and p.stat().st_mode & 0o077]
