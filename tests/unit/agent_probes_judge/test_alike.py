"""What two sides tell each other of the bodies that they have read."""

from __future__ import annotations

import time

import pytest
from safedeploy_host.probes import alike
from safedeploy_host.probes.alike import Bodies
from safedeploy_host.probes.body import shape

PROBES = [{"id": "one"}, {"id": "two"}, {"id": "none"}]


def answers(**bodies: str | None) -> dict[str, dict[str, str | None]]:
    return {name: {"shape": None if body is None else shape(body.encode())} for name, body in bodies.items()}


def test_a_body_differs_where_the_other_side_has_read_another_or_none():
    live, candidate = Bodies(PROBES).sides()
    live.tell(answers(one="a", two="b", none=None))
    candidate.tell(answers(one="a", two="c", none="d"))
    for side in (live, candidate):
        assert side.told(time.monotonic())
        assert [side.differs(probe["id"]) for probe in PROBES] == [False, True, True]


def test_nobody_waits_for_ever_for_a_side_that_tells_nothing(monkeypatch):
    monkeypatch.setattr(alike, "PATIENCE", 0.05)
    live, _ = Bodies(PROBES).sides()
    assert not live.told(time.monotonic() + 60)


def test_of_a_side_that_came_to_its_end_untold_each_body_differs():
    bodies = Bodies(PROBES)
    live, _ = bodies.sides()
    live.tell(answers(one="a", two="b", none="c"))
    bodies.over()
    assert live.told(time.monotonic())
    assert all(live.differs(probe["id"]) for probe in PROBES)


@pytest.mark.parametrize("probes", [[], PROBES])
def test_a_side_is_not_its_own_other(probes):
    live, candidate = Bodies(probes).sides()
    live.tell({})
    assert candidate.told(time.monotonic())
    assert not live.told(time.monotonic())
