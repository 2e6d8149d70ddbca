"""What is pending is confirmed when it is still well, or held for a person, as long as its window is open."""

from __future__ import annotations

from tests.unit.agent.world import refused

FIRST = {"sites/a.conf": b"a"}


def test_what_is_not_well_any_more_is_not_confirmed_and_stays_pending(world):
    world.stage(FIRST)
    activation = world.activate()["activation"]
    world.httpd.running = False
    error = refused(world.call, "confirm", token=world.token, activation=activation, health=[{"name": "www"}])
    assert error.code == "health-failed"
    assert "unconfirmed" in error.state
    assert world.state["pending"]["activation"] == activation
    world.httpd.running = True
    done = world.call("confirm", token=world.token, activation=activation, health=[{"name": "www"}], actor="bob")
    assert [result["ok"] for result in done["health"]] == [True]
    assert '"by": "bob"' in world.store.log.lines()[-1]


def test_a_change_that_is_held_for_a_person_may_wait_longer(world):
    world.stage(FIRST)
    activation = world.activate(confirm_window=60)["activation"]
    world.call("hold", token=world.token, activation=activation, window=1800)
    assert world.state["pending"]["held"] is True
    world.httpd.clock += 1700
    world.confirm(activation)
    assert world.state["known_good"] == "aaaaaaaaaaaa"


def test_a_change_whose_window_is_over_cannot_be_held_any_more(world):
    world.stage(FIRST)
    activation = world.activate(confirm_window=60)["activation"]
    world.httpd.clock += 61
    error = refused(world.call, "hold", token=world.token, activation=activation, window=1800)
    assert error.code == "reverted"
    assert "sites/a.conf" not in world.snapshot()


def test_a_person_s_revert_of_a_change_that_was_over_anyway_goes_back_one_step(world):
    world.push(FIRST)
    world.push({"sites/a.conf": b"b"}, "bbbbbbbbbbbb", confirm=False)
    world.httpd.clock += 61
    done = world.revert()
    assert (done["outcome"], done["release"]) == ("reverted", "aaaaaaaaaaaa")
    assert (world.root / "sites/a.conf").read_bytes() == b"a"
    assert world.state["known_good"] == "aaaaaaaaaaaa"
