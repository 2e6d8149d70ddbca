"""Which hosts go back into service, and what is said of those that stay out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safedeploy.core.errors import ExitCode
from safedeploy.core.observed import Httpd, Observed, Pending
from safedeploy.core.outcome import End, HostEnd, exit_code
from safedeploy.core.service import left_out, not_well, to_put_back, told, with_service

OUT = Observed(host="web1", httpd=Httpd(running=True), drained={"since": "s", "by": "ann", "run": "r"})


def ends(end: End) -> dict[str, HostEnd]:
    return {"web1": HostEnd(host="web1", end=end, why="why", steps=("a",) if end is End.STRANDED else ())}


@pytest.mark.parametrize("end", [End.CONFIRMED, End.REVERTED, End.UNTOUCHED, End.UNCHANGED, End.HELD])
def test_a_host_that_is_well_goes_back_into_service(end):
    assert to_put_back(ends(end), {"web1": OUT}, "r") == ("web1",)


@pytest.mark.parametrize("end", [End.STRANDED, End.PENDING])
def test_a_host_of_which_it_is_not_known_what_it_serves_stays_out_and_says_so(end):
    assert to_put_back(ends(end), {"web1": OUT}, "r") == ()
    found = with_service(ends(end), {"web1": OUT}, {}, "prod")["web1"]
    assert found.drained
    assert "safedeploy undrain prod --limit web1" in found.steps[-1]


@pytest.mark.parametrize(
    ("lease", "back"), [({"run": "r"}, True), ({"run": "other"}, False), ({"run": "other", "expired": True}, True)]
)
def test_a_host_that_another_run_works_on_is_left_to_that_run(lease, back):
    seen = {"web1": replace(OUT, lease=lease)}
    assert to_put_back(ends(End.UNTOUCHED), seen, "r") == (("web1",) if back else ())


def test_a_host_that_is_in_service_is_left_alone():
    assert to_put_back(ends(End.CONFIRMED), {"web1": Observed(host="web1")}, "r") == ()


def test_a_host_that_could_not_be_put_back_needs_hands_though_it_is_well():
    found = with_service(ends(End.CONFIRMED), {"web1": OUT}, {"web1": "the socket is gone"}, "prod")
    assert found["web1"].end is End.CONFIRMED
    assert "still out of service: the socket is gone" in found["web1"].why
    assert found["web1"].steps[-1] == "Then: safedeploy undrain prod --limit web1"
    assert exit_code(found, interrupted=False) is ExitCode.STRANDED


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"stranded": {"cause": "x"}}, "stranded"),
        ({"httpd": Httpd(running=False)}, "httpd does not run there"),
        ({"pending": Pending(activation="a", release="r", run="r", by="b", since="s", deadline=0.0)}, "pending"),
        ({}, ""),
    ],
)
def test_a_command_puts_back_only_what_is_well(change, why):
    found = not_well(Observed(**{"host": "web1", "httpd": Httpd(running=True), **change}))
    assert (why in found) if why else found == ""


def test_what_did_not_answer_that_it_is_back_is_left_out_with_the_last_that_is_known():
    answers = {
        "web1": {"ok": True, "result": {}},
        "web2": {"ok": False, "error": {"message": "the lease is lost"}},
        "web3": None,
        "web4": None,
    }
    assert left_out(answers, {"web3": "failed: no socket"}, "", str) == {
        "web2": "the lease is lost",
        "web3": "failed: no socket",
        "web4": "the tasks of undrain did not end",
    }


def test_hosts_that_a_run_left_out_are_told_in_one_line_with_what_puts_them_back():
    line = told([OUT, Observed(host="web2")], "prod")
    assert line == "out of service since s, as a run left it: web1 (safedeploy undrain prod puts back what is well)"
    assert told([Observed(host="web2")], "prod") is None
