"""The record that a host was taken out of its load balancer outlives the run that did it."""

from __future__ import annotations

from tests.unit.agent.world import refused

FILES = {"sites/a.conf": b"a"}


def mark(world, drained: bool, *, run: str = "run-1"):
    return world.call("drained", token=world.token, run=run, actor="ann", drained=drained)["drained"]


def test_it_says_since_when_and_by_which_run(world):
    world.prepare(FILES, run="run-1")
    record = mark(world, drained=True)
    assert (record["by"], record["run"]) == ("ann", "run-1")
    assert world.call("observe")["drained"] == record


def test_a_later_run_does_not_change_since_when(world):
    world.prepare(FILES, run="run-1", ttl=300)
    first = mark(world, drained=True)
    world.httpd.clock += 301
    world.prepare(FILES, run="run-2")
    assert mark(world, drained=True, run="run-2") == first


def test_it_is_removed_when_the_host_is_back(world):
    world.prepare(FILES)
    mark(world, drained=True)
    assert mark(world, drained=False) is None
    assert world.call("observe")["drained"] is None


def test_a_run_that_lost_its_lease_cannot_set_it(world):
    world.prepare(FILES, run="run-1", ttl=300)
    old = world.token
    world.httpd.clock += 301
    world.prepare(FILES, run="run-2")
    error = refused(world.call, "drained", token=old, run="run-1", actor="ann", drained=True)
    assert error.code == "lease-lost"
    assert world.call("observe")["drained"] is None
