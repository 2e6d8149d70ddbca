"""Damaged records and contents: told, never guessed over, and no revert to the wrong place."""

from __future__ import annotations

import json

import pytest
from safedeploy_host import people

from tests.unit.agent.test_push import FIRST, SECOND
from tests.unit.agent.world import refused

THIRD = {"sites/a.conf": b"a3"}


@pytest.fixture
def host(world):
    """Two confirmed releases, and a third that is pending."""
    world.push(FIRST)
    world.push(SECOND, release="bbbbbbbbbbbb")
    world.push(THIRD, release="cccccccccccc", confirm=False)
    return world


def flip(path, old, new):
    """Damage that JSON does not notice."""
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


def object_of(world, content):
    (found,) = [path for path in (world.state_dir / "objects").iterdir() if path.read_bytes() == content]
    return found


def test_a_damaged_object_and_a_damaged_known_good_manifest_lead_to_an_older_release(host):
    object_of(host, b"a2").write_bytes(b"rotten")
    flip(host.state_dir / "releases/bbbbbbbbbbbb/manifest.json", b'"mode": "0644"', b'"mode": "0666"')
    back = host.revert()
    assert (back["went_to"], back["release"], back["verified"]) == ("older", "aaaaaaaaaaaa", True)
    assert [one["went_to"] for one in back["tried"]] == ["before", "known-good"]
    assert (host.root / "sites/a.conf").read_bytes() == b"a"
    assert host.state["last_revert"]["tried"] == back["tried"]


def test_a_manifest_of_another_release_is_not_taken_for_the_known_good(host):
    object_of(host, b"a2").write_bytes(b"rotten")
    releases = host.state_dir / "releases"
    (releases / "bbbbbbbbbbbb/manifest.json").write_bytes((releases / "cccccccccccc/manifest.json").read_bytes())
    back = host.revert()
    assert (back["went_to"], back["release"]) == ("older", "aaaaaaaaaaaa")


@pytest.mark.parametrize("name", ["kept_aside.json", "releases/cccccccccccc/preflight.json"])
def test_a_record_that_a_revert_can_do_without_does_not_stop_it(host, name):
    (host.state_dir / name).write_text("{half")
    assert host.revert()["went_to"] == "before"


def test_a_damaged_journal_of_what_is_pending_is_that_of_its_switch(host):
    before = (host.root / "sites/a.conf").read_bytes()
    (host.state_dir / "journal.json").write_text("{half")
    host.httpd.clock += 1
    assert refused(host.confirm, host.state["pending"]["activation"]).code == "reverted"
    assert (host.state["current"], before) == ("bbbbbbbbbbbb", b"a3")
    assert (host.root / "sites/a.conf").read_bytes() == b"a2"


def test_a_damaged_journal_of_an_unknown_change_stops_every_change(host):
    host.confirm(host.state["pending"]["activation"])
    snapshot = host.snapshot()
    (host.state_dir / "journal.json").write_text("{half")
    error = refused(host.revert)
    assert (error.code, error.detail["path"]) == ("object-corrupt", str(host.state_dir / "journal.json"))
    assert host.snapshot() == snapshot


def state_lies(host):
    flip(host.state_dir / "state.json", b'"known_good": "bbbbbbbbbbbb"', b'"known_good": "aaaaaaaaaaaa"')


def state_is_gone(host):
    (host.state_dir / "state.json").unlink()


def state_is_empty(host):
    (host.state_dir / "state.json").write_bytes(b"")


def adopted_lies(host):
    flip(host.state_dir / "adopted.json", b'"kind": "absent"', b'"kind": "link", "target": "/etc/shadow"')


def adopted_is_gone(host):
    (host.state_dir / "adopted.json").unlink()


DAMAGE = [state_lies, state_is_gone, state_is_empty, adopted_lies, adopted_is_gone]


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_no_push_goes_on_over_a_damaged_record_and_the_way_on_is_told(host, damage):
    host.revert()
    snapshot = host.snapshot()
    damage(host)
    error = refused(host.push, SECOND, release="dddddddddddd")
    assert error.code == "object-corrupt"
    assert "start-over" in error.next
    assert host.snapshot() == snapshot


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_a_host_with_a_damaged_record_starts_over_from_what_is_live(host, damage, capsys):
    live = (host.root / "sites/a.conf").read_bytes()
    damage(host)
    assert people.start_over(host.store, host.httpd, None) == 0
    assert "no live file was changed" in capsys.readouterr().out
    assert (host.root / "sites/a.conf").read_bytes() == live
    done = host.push(FIRST, release="dddddddddddd", run="run-1")
    assert host.state["known_good"] == "dddddddddddd"
    host.revert(done["activation"])
    assert (host.root / "sites/a.conf").read_bytes() == live


def test_a_state_that_lies_is_noticed(host):
    state_lies(host)
    assert refused(host.revert).code == "object-corrupt"


def test_what_was_before_serves_a_revert_without_the_adopted_tree(host):
    adopted_is_gone(host)
    back = host.revert()
    assert (back["went_to"], back["release"]) == ("before", "bbbbbbbbbbbb")
    assert (host.root / "sites/a.conf").read_bytes() == b"a2"


@pytest.mark.parametrize("name", ["lease.json", "drained.json", "releases/bbbbbbbbbbbb/manifest.json"])
def test_a_person_sees_the_steps_of_a_stranded_host_whatever_else_is_damaged(host, name, capsys):
    host.httpd.always_dead = True
    refused(host.revert)
    (host.state_dir / name).write_text("{half")
    assert people.status(host.store, host.httpd, None) == 7
    said = capsys.readouterr().out
    assert all(step in said for step in host.state["stranded"]["steps"])
    assert f"damaged:     {host.state_dir / name} is damaged" in said


def test_a_host_in_order_does_not_start_over(host, capsys):
    assert people.start_over(host.store, host.httpd, None) == 1
    assert host.state["pending"]
    assert "in order" in capsys.readouterr().out


def test_a_record_of_an_earlier_version_is_read(host):
    path = host.state_dir / "state.json"
    value = json.loads(path.read_text())
    del value["digest"]
    path.write_text(json.dumps(value))
    assert host.state["current"] == "cccccccccccc"
