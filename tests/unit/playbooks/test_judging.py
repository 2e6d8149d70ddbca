"""From the hosts' answers to what becomes of a batch, by the policy."""

from __future__ import annotations

import json

import pytest
from safedeploy_control import judging, ledger
from safedeploy_control.bundle import Bundle
from safedeploy_control.requests import READING, NothingToDo, request

GATE = {
    "errors": "stop",
    "latency": "warn",
    "signatures": "show",
    "too_little": "go",
    "before": 600,
    "min_requests": 100,
    "min_increase": 0.01,
    "looks": [],
}
FIRST = {"pause": 5, "level": 0.005, "decides": False, "last": False}
BAKED = {"pause": 5, "level": 0.005, "decides": True, "last": False}
LAST = {"pause": 5, "level": 0.005, "decides": True, "last": True}
HOST = {"site": {"state_dir": "/s"}, "action": "activate", "activation": None}


@pytest.fixture
def bundle(tmp_path):
    return written(tmp_path)


def written(directory, **gate):
    hosts = dict.fromkeys(("web1", "web2", "web3"), HOST)
    document = {"schema": 1, "hosts": hosts, "policy": {"gate": {**GATE, **gate}}}
    (directory / "bundle.json").write_text(json.dumps(document))
    return Bundle(directory)


def told(bundle, host, before, now, **more):
    for phase, (errors, requests) in (("traffic_before", before), ("traffic_now", now)):
        sites = {"www": {"requests": requests, "server_errors": errors, "client_errors": 0, "latency": []}}
        result = {"positions": {"/log": {}}, "sites": sites, "signatures": [], "notes": [], **more}
        bundle.write_answer(host, phase, {"safedeploy": 1, "ok": True, "result": result})


def judged(bundle, look=LAST, unchanged=("web2",)):
    return judging.judge(bundle, look, ["web1"], list(unchanged))


def test_a_batch_whose_visitors_are_as_well_as_before_goes_on(bundle):
    told(bundle, "web1", (1, 1000), (0, 400))
    told(bundle, "web2", (1, 1000), (1, 900))
    found = judged(bundle)
    assert found["line"] == "web1: 400 requests, 0.0 % 5xx (before 0.1 %; unchanged hosts 0.1 %): go"
    assert (found["action"], found["decided"]) == ("went on", True)
    assert judging.answer(found)["ok"] is True


def test_a_batch_whose_visitors_are_worse_off_is_a_failure_with_the_numbers(bundle):
    told(bundle, "web1", (4, 4000), (33, 418))
    told(bundle, "web2", (4, 4000), (1, 900))
    answer = judging.answer(judged(bundle, FIRST))
    assert (answer["ok"], answer["error"]["code"]) == (False, "traffic-worse")
    cause = "5xx share rose from 0.1 % to 7.9 % (33 of 418 requests); unchanged hosts 0.1 %"
    assert answer["error"]["detail"]["cause"] == cause
    bundle.write_answer("web1", "traffic", answer)
    assert ledger.lost(bundle) == {"web1": "traffic-worse"}


def test_a_good_look_in_the_bake_decides_nothing_yet(bundle):
    told(bundle, "web1", (1, 1000), (0, 400))
    assert judged(bundle, FIRST)["decided"] is False


@pytest.mark.parametrize(
    ("policy", "look", "action", "decided"),
    [
        ("go", BAKED, "went on", True),
        ("wait", BAKED, "waits for more", False),
        ("wait", LAST, "went on", True),
        ("ask", LAST, "held for a person", True),
        ("stop", LAST, "taken back", True),
        ("ask", FIRST, "went on", False),
    ],
)
def test_with_too_little_traffic_the_policy_decides(tmp_path, policy, look, action, decided):
    bundle = written(tmp_path, too_little=policy)
    told(bundle, "web1", (1, 1000), (0, 12))
    found = judged(bundle, look)
    assert (found["verdict"], found["action"], found["decided"]) == ("too-little", action, decided)


def test_what_was_too_little_says_so_and_by_which_policy(bundle):
    told(bundle, "web1", (1, 1000), (0, 12))
    assert judged(bundle)["line"].endswith(
        ": too little traffic to judge (12 requests of at least 100), went on by policy"
    )


def test_a_batch_that_nobody_can_be_asked_about_fails_with_its_own_code(tmp_path):
    bundle = written(tmp_path, too_little="stop")
    told(bundle, "web1", (1, 1000), (0, 12))
    assert judging.answer(judged(bundle))["error"]["code"] == "traffic-too-little"


def test_a_host_whose_logs_could_not_be_read_is_said_and_has_no_traffic(bundle):
    found = judged(bundle)
    assert found["verdict"] == "too-little"
    assert "web1: its logs could not be read" in found["notes"]


def test_what_a_host_says_is_shown_without_control_characters(bundle):
    kind = {"key": "AH1\x1b[2J", "level": "error", "count": 2, "sample": "a\x1b]0;x\x07b\n"}
    told(bundle, "web1", (0, 1000), (0, 400), notes=["\x1b[31mred"])
    now = bundle.result("web1", "traffic_now")
    bundle.write_answer("web1", "traffic_now", {"safedeploy": 1, "ok": True, "result": {**now, "signatures": [kind]}})
    found = judged(bundle)
    assert "\x1b" not in json.dumps(found).replace("\\u001b", "\x1b")
    assert found["signatures"][0]["key"] == "AH1"


@pytest.mark.parametrize("garbage", [[], "x", 7, {"sites": []}, {"signatures": [1], "notes": 3, "status": []}])
def test_an_answer_that_makes_no_sense_is_no_traffic_and_no_crash(bundle, garbage):
    for phase in ("traffic_before", "traffic_now"):
        bundle.write_answer("web1", phase, {"safedeploy": 1, "ok": True, "result": garbage})
    assert judged(bundle)["verdict"] == "too-little"


def test_busy_workers_are_told(bundle):
    told(bundle, "web1", (0, 1000), (0, 400), status={"accesses": 500, "busy": 7, "idle": 0})
    assert judged(bundle)["busy"] == {"web1": {"busy": 7, "idle": 0, "served": 0}}


def test_a_look_begins_where_the_logs_ended_after_the_activation(bundle):
    told(bundle, "web1", (0, 1), (0, 1))
    assert request(bundle, "web1", "traffic_now")["since"] == {"/log": {}}
    mark = {"positions": {"/log": {"offset": 9}}}
    bundle.write_answer("web1", "traffic_mark", {"safedeploy": 1, "ok": True, "result": mark})
    assert request(bundle, "web1", "traffic_now")["since"] == {"/log": {"offset": 9}}


def test_a_host_without_positions_is_not_asked(bundle):
    with pytest.raises(NothingToDo):
        request(bundle, "web1", "traffic_now")


def test_an_answer_of_an_earlier_batch_is_not_taken_for_one_of_this_batch(bundle):
    told(bundle, "web1", (0, 1000), (0, 400))
    bundle.forget("web1", READING["traffic_now"])
    assert bundle.result("web1", "traffic_now") is None
    assert judged(bundle)["verdict"] == "too-little"
    bundle.forget("web1", READING["traffic_before"])
    with pytest.raises(NothingToDo):
        request(bundle, "web1", "traffic_now")


def test_unchanged_hosts_are_those_that_no_batch_has_held(bundle):
    ledger.begin(bundle, ["web1"])
    assert ledger.unchanged(bundle) == ["web2", "web3"]
