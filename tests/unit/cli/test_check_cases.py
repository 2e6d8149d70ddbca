"""A check as test cases: what passed, what refused, and what was not looked at."""

from __future__ import annotations

from typing import Any

import pytest

from safedeploy.cli.check_cases import STAGES, cases, failed
from safedeploy.core.blame import causes
from safedeploy.core.errors import SafedeployError
from safedeploy.core.plan import HostPlan, Verdict
from safedeploy.core.preflight import HostCheck, Preflight
from safedeploy.core.trial import trial_from_json
from safedeploy.workflows.planning import FleetPlan

COMPARED = {"shadow": {"state": "compared", "seconds": 1.5, "probes": {"asked": 9}}}
WORSE = {
    "id": "00000001",
    "verdict": "regression",
    "kind": "error",
    "request": "GET http://app.example.com/",
    "before": "200",
    "after": "500",
}


def check(code: str | None = None, found: dict[str, Any] | None = None, **more: Any) -> HostCheck:
    trial = trial_from_json(found or {}, str)
    values = {"ok": code is None, "text": "no", "code": code, "seconds": 2.0, "causes": causes(trial.regressions, ())}
    return HostCheck(host="web1", trial=trial, **{**values, **more})


def plan(verdict=Verdict.CHANGE, **more):
    host = HostPlan(host="web1", verdict=verdict, reason="the reason", actions=(), tree="t", expect_live="l")
    return FleetPlan(environment="prod", release="r", hosts={"web1": host}, diffs=(), **more)


def ends(checked):
    return {one.name: _end(one) for one in cases(plan(), Preflight(hosts={"web1": checked}))}


def _end(case):
    return next((name for name in ("failure", "error", "skipped") if getattr(case, name) is not None), "passed")


def test_a_host_that_passed_has_passed_every_stage():
    assert ends(check(found=COMPARED)) == dict.fromkeys(("read", *STAGES), "passed")


@pytest.mark.parametrize(
    ("code", "stage", "end"),
    [
        ("unreachable", "prepare", "error"),
        ("lease-held", "prepare", "error"),
        ("no-space", "prepare", "failure"),
        ("configtest-failed", "configtest", "failure"),
        ("finding", "findings", "failure"),
        ("shadow-failed", "start", "failure"),
        ("not-shadowed", "start", "failure"),
        ("regression", "requests", "failure"),
    ],
)
def test_the_stage_that_refused_is_the_only_one_and_those_after_it_are_skipped(code, stage, end):
    at = STAGES.index(stage)
    expected = {"read": "passed", **dict.fromkeys(STAGES[:at], "passed"), stage: end}
    assert ends(check(code, COMPARED)) == {**expected, **dict.fromkeys(STAGES[at + 1 :], "skipped")}


def test_what_could_not_be_tried_is_skipped_with_the_reason():
    found = {"shadow": {"state": "none", "why": "the settings turn the shadow off"}}
    by_name = {one.name: one for one in cases(plan(), Preflight(hosts={"web1": check(found=found)}))}
    assert by_name["start"].skipped == by_name["requests"].skipped == "the settings turn the shadow off"
    assert by_name["findings"].skipped is None


def test_a_regression_has_its_requests_in_the_text():
    by_name = {
        one.name: one
        for one in cases(plan(), Preflight(hosts={"web1": check("regression", {**COMPARED, "verdicts": [WORSE]})}))
    }
    for words in ("GET http://app.example.com/", "before  200", "after   500"):
        assert words in by_name["requests"].failure


def test_httpd_s_own_words_are_in_the_text():
    refused = check("configtest-failed", detail="AH00526: Syntax error on line 3")
    by_name = {one.name: one for one in cases(plan(), Preflight(hosts={"web1": refused}))}
    assert by_name["configtest"].failure == "no\nAH00526: Syntax error on line 3"


def test_a_host_with_nothing_to_do_is_skipped_with_the_reason():
    found = cases(plan(Verdict.NOTHING), None)
    assert {one.skipped for one in found if one.name != "read"} == {"the reason"}


def test_a_host_that_could_not_be_read_is_an_error_and_the_others_were_not_tried():
    found = cases(plan(missing={"web2": "refuses connections"}), None)
    assert [(one.classname, one.error) for one in found if one.error] == [("web2", "refuses connections")]
    assert {_end(one) for one in found if one.classname == "web1" and one.name != "read"} == {"skipped"}


def test_a_check_that_came_to_no_host_is_one_error():
    (one,) = failed("prod", SafedeployError("template-syntax", "line 3", next_step="Correct it."))
    assert one.error == "line 3\n[template-syntax] Nothing was changed on any host.\nnext: Correct it."


def test_what_a_host_took_is_divided_between_asking_and_the_rest():
    by_name = {one.name: one.seconds for one in cases(plan(), Preflight(hosts={"web1": check(found=COMPARED)}))}
    assert by_name["requests"] == 1.5
    assert by_name["prepare"] == 0.5
