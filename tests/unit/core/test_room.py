"""How many hosts may be out of service, and what that leaves of the batches."""

from __future__ import annotations

import pytest

from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.core.observed import Httpd, Observed
from safedeploy.core.room import Room, cut, explain, require_room, room

UP = Httpd(installed=True, running=True)
SERVES = Observed(host="a", httpd=UP)


def test_every_host_that_is_not_known_to_serve_counts_with_its_reason():
    seen = {
        "a": SERVES,
        "b": Observed(host="b", httpd=Httpd(installed=True)),
        "c": Observed(host="c", httpd=UP, stranded={"cause": "x"}),
        "d": Observed(host="d", httpd=UP, drained={"since": "2026-03-01T00:00:00Z"}),
    }
    found = room("50%", seen, {"e": "refused", "f": "timeout"})
    assert (found.limit, found.fleet) == (3, 6)
    assert found.out == {
        "b": "httpd does not run",
        "c": "stranded",
        "d": "out of service since 2026-03-01T00:00:00Z",
        "e": "could not be read: refused",
        "f": "could not be read: timeout",
    }


@pytest.mark.parametrize(
    ("setting", "fleet", "limit"), [(2, 10, 2), ("25%", 10, 2), ("25%", 3, 1), ("1%", 10, 1), ("100%", 7, 7)]
)
def test_a_percentage_is_of_the_whole_fleet_and_rounded_down_to_1_at_least(setting, fleet, limit):
    assert room(setting, {str(number): SERVES for number in range(fleet)}, {}).limit == limit


@pytest.mark.parametrize(
    ("batches", "acting", "limit", "out", "left"),
    [
        ((1, "50%"), 8, 4, 0, (1, "50%")),
        ((1, "50%"), 8, 3, 0, (1, 3)),
        ((1, "50%"), 8, 3, 2, (1, 1)),
        ((5,), 2, 2, 0, (5,)),
        (("100%",), 3, 2, 0, (2,)),
        ((1, 4, 2), 10, 3, 1, (1, 2, 2)),
    ],
)
def test_a_batch_is_never_larger_than_what_is_left(batches, acting, limit, out, left):
    found = Room(limit=limit, fleet=20, out={f"x{number}": "stranded" for number in range(out)})
    assert cut(batches, [f"w{number}" for number in range(acting)], found) == left


def test_without_a_limit_the_batches_are_as_they_were():
    assert cut((1, "50%"), ["a", "b"], None) == (1, "50%")


def test_the_screen_says_from_what_the_batches_were_cut_and_why():
    found = Room(limit=2, fleet=8, out={"web7": "could not be read"})
    assert explain((1, "50%"), (1, 1), found) == (
        "batches 1, 1 (cut from 1, 50%: max_unavailable allows 2 of 8 hosts; out of service already: web7)"
    )
    assert explain((1, 1), (1, 1), found) == "batches 1, 1"


def test_a_push_does_not_begin_when_as_many_hosts_are_out_as_may_be():
    with pytest.raises(SafedeployError) as caught:
        require_room(Room(limit=1, fleet=3, out={"web3": "stranded"}), ["web1", "web2"])
    assert (caught.value.code, caught.value.exit_code) == ("no-room", ExitCode.REFUSED)
    assert "1 of 3 hosts out of service already, and max_unavailable allows 1:\n  web3: stranded" in caught.value.what


def test_a_push_to_nothing_but_hosts_that_are_out_may_repair_them():
    found = Room(limit=1, fleet=3, out={"web3": "httpd does not run"})
    require_room(found, ["web3"])
    assert cut((2,), ["web3"], found) == (2,)
