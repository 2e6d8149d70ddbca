"""A watched fleet: ticks come in, troubles go out, with their hosts and messages."""

from __future__ import annotations

import pytest

from safedeploy.core.alerts import About
from safedeploy.core.channels import Kind as AlertKind
from safedeploy.core.watch import told
from safedeploy.core.watch.detector import Counts, Kind
from safedeploy.core.watch.fleet import SILENT, Message, Tick, WatchedFleet, tick_from_json

ABOUT = About(project="shop", environment="prod", run="r1", actor="ops")


def ticked(errors=0, requests=100, **more):
    failed = tuple((number, 1) for number in range(errors))
    counts = Counts(requests=requests, errors=errors, failed=failed, clients=tuple(range(5)))
    return Tick(at=0.0, every=10.0, sites={"www": counts}, p95={"www": 12.0}, **more)


def run(fleet, ticks, begin=0.0):
    """Every host of a dict tells a tick every ten seconds; what came of it."""
    found = []
    for number in range(ticks):
        now = begin + 10.0 * (number + 1)
        for host, one in fleet["ticks"].items():
            if one is not None:
                fleet["fleet"].take(host, one, now)
        found += fleet["fleet"].judge(now)
    return found


@pytest.fixture
def fleet():
    return {"fleet": WatchedFleet(("web1", "web2"), 10.0, 0.0), "ticks": {"web1": ticked(), "web2": ticked()}}


def test_the_host_that_fails_is_named_and_the_one_that_is_well_is_not(fleet):
    assert run(fleet, 60) == []
    fleet["ticks"]["web2"] = ticked(
        errors=20, messages=(Message(key="AH1", level="error", count=20, sample="refused"),)
    )
    (trouble,) = run(fleet, 6, begin=600.0)
    assert (trouble.kind, trouble.site, trouble.hosts) == (Kind.ERRORS, "www", ("web2",))
    assert trouble.messages[0].sample == "refused"


def test_a_host_that_says_nothing_is_told_once_and_again_when_it_is_heard(fleet):
    run(fleet, 6)
    fleet["ticks"]["web1"] = None
    fleet["fleet"].lost("web1", "refused")
    found = run(fleet, 20, begin=60.0)
    assert [(one.kind, one.opened, one.hosts, one.why) for one in found] == [(Kind.SILENCE, True, ("web1",), "refused")]
    assert found[0].at > 60.0 + SILENT
    fleet["ticks"]["web1"] = ticked()
    assert [one.opened for one in run(fleet, 2, begin=260.0)] == [False]


def test_the_alert_says_what_how_sure_where_and_what_to_do(fleet):
    run(fleet, 60)
    fleet["ticks"]["web2"] = ticked(errors=20)
    (trouble,) = run(fleet, 6, begin=600.0)
    alert = told.alert(ABOUT, told.said("prod", trouble, None, None, str))
    assert alert.kind is AlertKind.ERRORS_FOUND
    assert "server errors of www on web2" in alert.title
    assert "by chance" in alert.text
    assert alert.next == "safedeploy diagnose prod"


def test_no_channel_is_told_a_secret_that_the_log_of_a_host_has(fleet):
    run(fleet, 60)
    sample = "proxy: login with hunter2 was refused"
    fleet["ticks"]["web2"] = ticked(errors=20, messages=(Message(key="AH1", level="error", count=20, sample=sample),))
    (trouble,) = run(fleet, 6, begin=600.0)
    alert = told.alert(ABOUT, told.said("prod", trouble, None, None, lambda text: text.replace("hunter2", "[hidden]")))
    assert "login with [hidden]" in alert.text
    assert "hunter2" not in f"{alert.title}{alert.text}{alert.next}{alert.hosts}"


ANSWER = {
    "time": 1.0,
    "every": 10.0,
    "sites": {
        "www": {"requests": 9, "server_errors": 1, "client_errors": 0, "slow": 0, "failed": [[5, 1]], "more": 0,
                "clients": [5, 6], "p95": 3.0}
    },
    "errors": [{"key": "AH1", "level": "error", "count": 2, "sample": "x\x1b[2J"}],
    "status": {"busy": 3, "idle": 7},
    "positions": {"/a": {"inode": 1}},
    "notes": [],
}  # fmt: skip


def test_a_tick_is_read_and_its_texts_are_fit_to_be_shown():
    found = tick_from_json("web1", ANSWER)
    assert (found.whole.requests, found.whole.errors, found.busy) == (9, 1, 3)
    assert "\x1b" not in found.messages[0].sample


@pytest.mark.parametrize(
    "wrong",
    [{"sites": 7}, {"sites": {"www": {}}}, {"time": None}, {"errors": [5]}, {"status": 3}, {"every": float("nan")}],
)
def test_a_tick_of_another_shape_is_refused(wrong):
    with pytest.raises(ValueError, match="web1 answered 'watch'"):
        tick_from_json("web1", {**ANSWER, **wrong})
