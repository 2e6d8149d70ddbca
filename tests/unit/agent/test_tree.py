"""Trees as the agent sees them, and the digest that both sides agree on."""

from __future__ import annotations

import hashlib
import os

import pytest
from safedeploy_host import fsio, tree
from safedeploy_host.protocol import AgentError

from tests.unit.agent.world import GROUP, OWNER, refused


def test_both_sides_compute_the_same_digest_of_the_same_tree():
    core = pytest.importorskip("safedeploy.core.tree", reason="safedeploy itself needs a later Python")
    Entry, Kind = core.Entry, core.Kind  # noqa: N806 - they are classes
    ours = {
        "/etc/apache2/ü.conf": Entry(kind=Kind.FILE, sha256="a" * 64, size=3, mode="0644", owner="root", group="root"),
        "/etc/apache2/b": Entry(kind=Kind.LINK, target="../a\u2028"),
        "/etc/apache2/c": Entry(kind=Kind.ABSENT),
        "/etc/apache2/d": Entry(kind=Kind.OTHER, type="dir"),
    }
    assert tree.digest(core.tree_to_json(ours)) == core.tree_digest(ours)
    assert tree.digest({}) == core.tree_digest({})


def test_a_live_file_is_described_by_content_mode_and_owner_names(world):
    path = world.write("a.conf", b"Listen 80\n", 0o640)
    assert tree.live_entry(str(path), world.site["allowed_roots"]) == {
        "kind": "file",
        "sha256": hashlib.sha256(b"Listen 80\n").hexdigest(),
        "size": 10,
        "mode": "0640",
        "owner": OWNER,
        "group": GROUP,
    }


def test_links_directories_pipes_and_nothing_are_told_apart(world):
    roots = world.site["allowed_roots"]
    (world.root / "link").symlink_to("nowhere")
    os.mkfifo(world.root / "pipe")
    kinds = {
        name: tree.live_entry(str(world.root / name), roots) for name in ("link", "pipe", "sites", "none", "no/ne")
    }
    assert kinds == {
        "link": {"kind": "link", "target": "nowhere"},
        "pipe": {"kind": "other", "type": "fifo"},
        "sites": {"kind": "other", "type": "dir"},
        "none": {"kind": "absent"},
        "no/ne": {"kind": "absent"},
    }


def test_a_path_behind_a_planted_link_is_not_read(world):
    secret = world.base / "secret"
    secret.mkdir()
    (secret / "key").write_bytes(b"k")
    (world.root / "conf").symlink_to(secret)
    assert tree.live_entry(str(world.root / "conf/key"), world.site["allowed_roots"]) == {
        "kind": "other",
        "type": "through-link",
    }


@pytest.mark.parametrize(
    "path", ["relative", "/etc/../etc/passwd", "/", "/etc/passwd", "{root}/a//b", "{root}/a/", "{root}"]
)
def test_a_path_that_is_not_plainly_below_an_allowed_root_is_refused(world, path):
    with pytest.raises(AgentError) as caught:
        fsio.place(path.format(root=world.root), world.site["allowed_roots"])
    assert caught.value.code == "outside-roots"


def test_an_allowed_root_may_itself_be_a_link(world):
    (world.base / "alias").symlink_to(world.root)
    world.write("a.conf", b"x")
    assert tree.live_entry(str(world.base / "alias/a.conf"), [str(world.base / "alias")])["kind"] == "file"


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "other", "type": "dir"},
        {"kind": "file", "sha256": "../../etc/passwd", "size": 1, "mode": "0644", "owner": "r", "group": "r"},
        {"kind": "file", "sha256": "a" * 64, "size": 1, "mode": "644", "owner": "r", "group": "r"},
        {"kind": "file", "sha256": "a" * 64, "size": 1, "mode": "0644", "owner": None, "group": "r"},
        {"kind": "link", "target": ""},
        {"kind": "link", "target": "x", "mode": "0644"},
        "file",
    ],
)
def test_a_desired_entry_that_is_not_well_formed_is_refused(entry):
    assert refused(tree.check, {"/etc/x": entry}).code == "bad-request"
