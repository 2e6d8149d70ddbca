"""What a switch that died left beside the live files: an edit among it is kept, and named by its path."""

from __future__ import annotations

import pytest
from safedeploy_host import switch
from safedeploy_host.kept_aside import Edits

LONG = f"sites/{'x' * 70}.conf"
BEFORE = {"sites/a.conf": b"one\ntwo\n", "sites/a.conf~": b"tilde", LONG: b"long", "on/a.conf": "../sites/a.conf"}
AFTER = {"sites/a.conf": b"three\nfour\n", "sites/a.conf~": b"tilde 2", LONG: b"long 2"}


@pytest.fixture
def host(world):
    """A host with a pending release; what was before it is not the first release that was known-good there."""
    world.push({**BEFORE, "sites/a.conf": b"oldest"})
    world.push(BEFORE, "bbbbbbbbbbbb")
    world.push(AFTER, "cccccccccccc", confirm=False)
    return world


def leave(host, name, content, mode=0o644, *, end=""):
    """Have a file where a switch that died would have left it."""
    temporary = switch.temporary(str(host.root / name), 0) + end
    return host.write(f"{name.rpartition('/')[0]}/{temporary}", content, mode)


def kept(host):
    done = host.revert()
    assert done["went_to"] == "before"
    return [
        (one["path"][len(f"{host.root}/") :], host.store.objects.read(one["entry"]["sha256"]), one["entry"]["mode"])
        for one in done["kept_aside"]
    ]


@pytest.mark.parametrize("name", ["sites/a.conf", "sites/a.conf~", LONG], ids=["plain", "tilde", "long"])
def test_an_edit_is_kept_under_the_path_that_it_was_made_at(host, name):
    leave(host, name, b"by hand")
    assert kept(host) == [(name, b"by hand", "0644")]


def test_an_edit_of_which_a_copy_was_made_is_kept_under_its_path(host):
    leave(host, LONG, b"by hand", end="~")
    assert kept(host) == [(LONG, b"by hand", "0644")]


@pytest.mark.parametrize(
    ("content", "mode"),
    [(b"oldest", 0o644), (b"one\ntwo\n", 0o640), (b"three\nfour\n", 0o640), (b"one\n", 0o644)],
    ids=["older content", "mode of what was before", "mode of what came after", "last line removed"],
)
def test_an_edit_that_resembles_something_stored_is_kept(host, content, mode):
    leave(host, "sites/a.conf", content, mode)
    assert kept(host) == [("sites/a.conf", content, f"{mode:04o}")]


@pytest.mark.parametrize(
    ("content", "mode"),
    [(b"one\ntwo\n", 0o644), (b"three\nfour\n", 0o644), (b"three\nfour\n", 0o600), (b"three", 0o600), (b"", 0o600)],
    ids=["before", "after", "without its mode", "half written", "opened"],
)
@pytest.mark.parametrize("end", ["", "~"])
def test_what_the_switch_itself_wrote_is_no_edit(host, content, mode, end):
    left = leave(host, "sites/a.conf", content, mode, end=end)
    assert kept(host) == []
    assert not left.exists()


def test_what_an_earlier_place_to_go_to_had_written_is_no_edit(host):
    store, pending = host.store, host.state["pending"]
    edits = Edits(store, pending, 0.0)
    switch.apply(store, store.effective("aaaaaaaaaaaa"), edits)
    leave(host, "sites/a.conf", b"oldest")
    switch.apply(store, pending["before"], edits)
    assert edits.kept == []


def test_a_directory_with_a_temporary_s_name_stops_no_revert(host):
    theirs = host.root / "sites/.ht.safedeploy.0.theirs"
    theirs.mkdir()
    assert kept(host) == []
    assert theirs.is_dir()
