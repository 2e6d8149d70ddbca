"""What is forgotten, and what never is."""

from __future__ import annotations

import pytest

from tests.unit.agent.world import refused

RELEASES = [f"{number:012x}" for number in range(1, 9)]


def push_all(world, keep):
    world.write("sites/mine.conf", b"adopted")
    for release in RELEASES:
        world.push({"sites/mine.conf": release.encode(), "sites/same.conf": b"same"}, release, keep=keep)


@pytest.mark.parametrize("keep", [1, 3])
def test_the_last_few_releases_the_known_good_and_the_one_before_it_are_kept(world, keep):
    push_all(world, keep)
    assert set(world.store.releases.ids()) == set(RELEASES[-max(keep, 2) :])


def test_contents_that_nothing_refers_to_are_forgotten_and_adopted_ones_never(world):
    push_all(world, 1)
    contents = {world.store.objects.read(sha256) for sha256 in world.store.objects.all()}
    assert contents == {b"adopted", b"same", RELEASES[-1].encode(), RELEASES[-2].encode()}


def test_everything_back_to_the_adopted_tree_can_be_reached_after_pruning(world):
    push_all(world, 1)
    adopted = world.call("read", release="adopted")
    world.prepare({})
    manifest = {key: adopted[key] for key in ("schema", "release", "tree", "created", "provenance", "entries")}
    assert world.call("prepare", run="run-1", holder="a", ttl=60, manifest=manifest)["missing"] == []
    world.activate("adopted")
    assert world.snapshot() == {"sites": ("dir",), "sites/mine.conf": ("file", "0644", b"adopted")}


def test_the_known_good_outlives_many_pushes_that_fail(world):
    world.push({"sites/a.conf": b"good"}, RELEASES[0], keep=1)
    for release in RELEASES[1:]:
        world.stage({"sites/a.conf": b"DIES " + release.encode()}, release)
        assert refused(world.activate, release).code == "reverted"
    world.push({"sites/a.conf": b"better"}, "bbbbbbbbbbbb", keep=1)
    assert set(world.store.releases.ids()) == {RELEASES[0], "bbbbbbbbbbbb"}


def test_half_a_staging_is_no_release_and_goes_with_the_next_confirmation(world):
    world.push({"sites/a.conf": b"good"}, RELEASES[0])
    half = world.state_dir / "releases" / RELEASES[1]
    half.mkdir()
    (half / "preflight.json").write_text("{}")
    assert world.store.releases.ids() == [RELEASES[0]]
    assert world.call("observe")["problems"] == []
    world.push({"sites/a.conf": b"better"}, RELEASES[2])
    assert not half.exists()


def keep_an_edit(world):
    """A hand edit that a revert has kept aside."""
    world.push({"sites/a.conf": b"good"}, RELEASES[0])
    done = world.push({"sites/a.conf": b"better"}, RELEASES[1], confirm=False)
    world.write("sites/a.conf", b"by hand")
    assert world.revert(done["activation"])["kept_aside"]


def kept(world):
    return [sha256 for sha256 in world.store.objects.all() if world.store.objects.read(sha256) == b"by hand"]


def test_a_kept_edit_is_not_forgotten_while_the_record_of_it_is_damaged(world):
    keep_an_edit(world)
    (world.state_dir / "kept_aside.json").write_text("{half")
    world.push({"sites/a.conf": b"next"}, RELEASES[2], keep=1)
    assert kept(world)


def test_a_kept_edit_is_not_forgotten_when_a_revert_has_moved_the_damaged_record_of_it_away(world):
    keep_an_edit(world)
    (world.state_dir / "kept_aside.json").write_text("{half")
    world.push({"sites/a.conf": b"next"}, RELEASES[2], confirm=False)
    world.revert()
    assert (world.state_dir / "kept_aside.json.damaged").exists()
    world.push({"sites/a.conf": b"last"}, RELEASES[3], keep=1)
    assert kept(world)


def test_nothing_is_forgotten_while_a_kept_manifest_is_damaged(world):
    push_all(world, 5)
    count = len(world.store.objects.all())
    (world.state_dir / "releases" / RELEASES[-1] / "manifest.json").write_text("rot")
    world.push({"sites/a.conf": b"x"}, "bbbbbbbbbbbb", keep=2)
    assert len(world.store.objects.all()) >= count
