"""A stranded host: what may be done there, and what ends it."""

from __future__ import annotations

import os

import pytest
from safedeploy_host import people, program, stranded
from safedeploy_host.changing import changing

from tests.unit.agent.world import refused

GOOD = {"sites/a.conf": b"a", "on/a.conf": "../sites/a.conf"}
WORSE = {"sites/a.conf": b"a2", "on/a.conf": "../sites/a.conf"}


@pytest.fixture
def host(world):
    """A host whose httpd no configuration brings up."""
    world.push(GOOD)
    world.stage(WORSE, "bbbbbbbbbbbb")
    world.httpd.always_dead = True
    refused(world.activate, "bbbbbbbbbbbb")
    assert world.state["stranded"]
    return world


def look(host):
    with changing(host.site, host.httpd) as store:
        return stranded.leave(store, host.httpd, by="somebody")


def test_it_stays_stranded_while_it_is_not_well(host):
    error = refused(look, host)
    assert (error.code, error.detail["steps"]) == ("stranded", host.state["stranded"]["steps"])
    assert host.state["stranded"]


def test_it_is_not_stranded_any_more_when_it_is_well_again(host):
    host.httpd.always_dead = False
    assert look(host) == {"release": "aaaaaaaaaaaa", "differs": []}
    assert (host.state["stranded"], host.state["current"]) == (None, "aaaaaaaaaaaa")
    assert host.httpd.running
    assert not (host.state_dir / "by-hand.sh").exists()


def test_what_a_person_mended_is_left_as_it_is_and_named(host):
    host.httpd.always_dead = False
    mended = host.write("sites/a.conf", b"mended by hand")
    assert look(host)["differs"] == [str(mended)]
    assert mended.read_bytes() == b"mended by hand"
    assert host.call("observe")["state"]["stranded"] is None


def test_several_httpds_are_made_one_before_it_counts_as_well(host, monkeypatch):
    host.httpd.always_dead = False
    host.httpd.running = True
    monkeypatch.setattr(host.httpd, "several", lambda: True)
    look(host)
    assert host.httpd.restarted


def test_an_error_that_nobody_foresaw_everywhere_still_names_the_host_stranded(world, monkeypatch):
    done = world.push(GOOD, confirm=False)

    def reload(**_):
        raise KeyError("unforeseen")

    monkeypatch.setattr(world.httpd, "reload", reload)
    assert refused(world.revert, done["activation"]).code == "stranded"
    assert world.state["stranded"]["tried"][-1]["why"] == "'unforeseen'"


def test_its_script_has_a_name_that_is_not_utf_8_as_it_is(world):
    (world.root / "on").mkdir()
    (world.root / "on/a.conf").symlink_to(os.fsdecode(b"\xff.conf"))
    world.stage(GOOD)
    world.httpd.always_dead = True
    assert refused(world.activate).code == "stranded"
    assert b"\xff.conf" in (world.state_dir / "by-hand.sh").read_bytes()


def test_its_script_names_every_path_however_many_there_are(world):
    files = {f"sites/{number}.conf": b"x" for number in range(60)}
    world.push(files)
    world.stage({**files, "sites/0.conf": b"y"}, "bbbbbbbbbbbb")
    world.httpd.always_dead = True
    refused(world.activate, "bbbbbbbbbbbb")
    script = (world.state_dir / "by-hand.sh").read_text()
    assert all(str(world.root / name) in script for name in files)


def test_a_good_push_ends_it(host):
    host.httpd.always_dead = False
    host.push({"sites/a.conf": b"better"}, "cccccccccccc")
    assert (host.state["stranded"], host.state["known_good"]) == (None, "cccccccccccc")
    assert not (host.state_dir / "by-hand.sh").exists()


def test_a_push_that_fails_there_strands_it_again(host):
    host.stage({"sites/a.conf": b"no better"}, "cccccccccccc")
    assert refused(host.activate, "cccccccccccc").code == "stranded"
    assert host.state["stranded"]["record"]["release"] == "cccccccccccc"


def test_there_is_nothing_to_confirm_there(host):
    activation = host.state["stranded"]["record"]["activation"]
    assert refused(host.confirm, activation).code == "stranded"


def test_starting_over_ends_it_and_leaves_no_script_that_would_undo_what_comes_after(host):
    (host.state_dir / "state.json").write_text("{half")
    assert people.start_over(host.store, host.httpd, None) == 0
    assert not (host.state_dir / "by-hand.sh").exists()


def test_the_agent_s_own_status_shows_the_steps(host, capsys):
    host.httpd.running = False
    assert people.status(host.store, host.httpd, None) == 7
    said = capsys.readouterr().out
    assert all(step in said for step in host.state["stranded"]["steps"])


def test_commands_that_are_for_people_alone_need_no_terminal():
    assert set(program.FOR_PEOPLE) == set(people.COMMANDS) - set(program.COMMANDS)
