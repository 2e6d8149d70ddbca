"""Where a host ended is decided from what the host recorded, never from what Ansible thought."""

from __future__ import annotations

from typing import Any

import pytest

from safedeploy.core.errors import ExitCode
from safedeploy.core.observed import Observed, Pending
from safedeploy.core.outcome import Answers, End, HostEnd, decide_end, exit_code, has_failed, why_taken_back
from safedeploy.core.plan import HostPlan, Verdict

RUN = "20260101T000000Z-abcdef"
PLAN = HostPlan(
    host="web1",
    verdict=Verdict.CHANGE,
    reason="1 of 1 paths differ",
    actions=(),
    tree="t",
    expect_live="l",
    release="new",
)
FINE: dict[str, Any] = {"ok": True, "result": {"steps": [{"step": "switch", "seconds": 0.5}]}}
REFUSED: dict[str, Any] = {
    "ok": False,
    "error": {"code": "reverted", "message": "m", "detail": {"cause": "GET / gave 500"}},
}
PENDING = Pending(activation="a1", release="new", run=RUN, by="x", since="", deadline=0)


def seen(**state: Any) -> Observed:
    return Observed(**{"host": "web1", "current": "old", "known_good": "old", **state})


CASES = [
    ("confirmed", {"activate": FINE}, seen(current="new", known_good="new", run=RUN), End.CONFIRMED, "confirmed"),
    ("reverted by itself", {"activate": REFUSED}, seen(reverted_run=RUN), End.REVERTED, "GET / gave 500"),
    ("not confirmed yet", {"activate": FINE}, seen(current="new", pending=PENDING), End.PENDING, "not confirmed"),
    (
        "stranded",
        {"activate": REFUSED},
        seen(stranded={"cause": "httpd does not start"}),
        End.STRANDED,
        "does not start",
    ),
    ("never reached", {"preflight": FINE}, seen(), End.UNTOUCHED, "stopped before this host"),
    ("refused at the preflight", {"preflight": REFUSED}, seen(), End.UNTOUCHED, "GET / gave 500"),
    ("lost after it was changed", {"preflight": FINE, "activate": FINE}, None, End.STRANDED, "could not be reached"),
    ("lost before it was changed", {}, None, End.UNTOUCHED, "had not been changed"),
    (
        "reverted with nobody listening",
        {},
        seen(reverted_run=RUN, reverted_cause="no confirmation"),
        End.REVERTED,
        "no conf",
    ),
    ("refused before anything changed", {"activate": REFUSED}, seen(reverted_run="older"), End.UNTOUCHED, "500"),
    (
        "known-good of another run",
        {"activate": FINE},
        seen(current="new", known_good="new", run="o"),
        End.UNTOUCHED,
        "stopped",
    ),
    (
        "reverted to the same release",
        {"activate": FINE},
        seen(current="new", known_good="new", run=RUN, reverted_run=RUN),
        End.REVERTED,
        "reverted by the run",
    ),
]


@pytest.mark.parametrize(("name", "answers", "after", "end", "why"), CASES, ids=[case[0] for case in CASES])
def test_end(name: str, answers: dict[str, Any], after: Observed | None, end: End, why: str) -> None:
    decided = decide_end(plan=PLAN, run=RUN, answers=Answers(**answers), after=after)
    assert decided.end is end
    assert why in decided.why


def test_a_lost_host_comes_with_steps_that_work_on_the_host_alone() -> None:
    decided = decide_end(plan=PLAN, run=RUN, answers=Answers(preflight=FINE), after=None)
    assert any("agent/current" in step for step in decided.steps)


def test_the_time_of_an_activation_is_the_sum_of_its_steps() -> None:
    after = seen(current="new", known_good="new", run=RUN)
    assert decide_end(plan=PLAN, run=RUN, answers=Answers(activate=FINE), after=after).seconds == pytest.approx(0.5)


def ends(*kinds: End) -> dict[str, HostEnd]:
    return {f"web{number}": HostEnd(host=f"web{number}", end=kind, why="") for number, kind in enumerate(kinds)}


@pytest.mark.parametrize(
    ("kinds", "interrupted", "code"),
    [
        ((End.CONFIRMED, End.UNCHANGED), False, ExitCode.OK),
        ((End.CONFIRMED, End.REVERTED), False, ExitCode.REVERTED),
        ((End.REVERTED, End.UNTOUCHED), False, ExitCode.REVERTED),
        ((End.REVERTED, End.STRANDED), False, ExitCode.STRANDED),
        ((End.PENDING,), False, ExitCode.STRANDED),
        ((End.REVERTED, End.UNTOUCHED), True, ExitCode.INTERRUPTED),
        ((End.STRANDED,), True, ExitCode.STRANDED),
    ],
)
def test_exit_code(kinds: tuple[End, ...], interrupted: bool, code: ExitCode) -> None:
    assert exit_code(ends(*kinds), interrupted=interrupted) is code


@pytest.mark.parametrize(
    ("kinds", "budget", "interrupted", "failed"),
    [
        ((End.CONFIRMED, End.UNCHANGED), 0, False, False),
        ((End.CONFIRMED, End.REVERTED), 0, False, True),
        ((End.CONFIRMED, End.REVERTED), 1, False, False),
        ((End.REVERTED, End.PENDING), 1, False, True),
        ((End.CONFIRMED, End.UNTOUCHED), 5, False, True),
        ((End.CONFIRMED,), 0, True, True),
    ],
)
def test_a_rollout_within_its_error_budget_has_not_failed(
    kinds: tuple[End, ...], budget: int, interrupted: bool, failed: bool
) -> None:
    assert has_failed(ends(*kinds), error_budget=budget, interrupted=interrupted) is failed


def test_a_host_that_reverted_because_its_live_answers_got_worse_is_named_so() -> None:
    worse = {
        "id": "00000001",
        "verdict": "regression",
        "kind": "error",
        "request": "GET http://x/?token=...",
        "before": "200",
        "after": "500 secret",
    }
    detail = {"cause": "live probes", "verdicts": [worse, {**worse, "id": "00000002"}]}
    answers = Answers(activate={"ok": False, "error": {"code": "reverted", "message": "m", "detail": detail}})
    after = seen(reverted_run=RUN)
    end = decide_end(plan=PLAN, run=RUN, answers=answers, after=after, hide=lambda text: text.replace("secret", "*"))
    assert end.end is End.REVERTED
    assert end.why == "the live server answered worse: GET http://x/?token=...: 200 before, 500 * after (and 1 more)"
    assert [one.id for one in end.verdicts] == ["00000001", "00000002"]


@pytest.mark.parametrize(("answers", "after"), [case[1:3] for case in CASES], ids=[case[0] for case in CASES])
def test_no_end_shows_a_secret_that_the_host_said(answers, after):
    end = decide_end(plan=PLAN, run=RUN, answers=Answers(**answers), after=after, hide=lambda text: "*" * len(text))
    assert set(end.why + "".join(end.steps)) == {"*"}


@pytest.mark.parametrize(
    ("kinds", "cut_short", "cause"),
    [
        ((End.CONFIRMED, End.STRANDED, End.UNTOUCHED), False, "another host failed"),
        ((End.CONFIRMED, End.PENDING, End.UNTOUCHED), False, "another host failed"),
        ((End.CONFIRMED, End.REVERTED, End.UNTOUCHED), True, "another host failed"),
        ((End.CONFIRMED, End.PENDING, End.UNTOUCHED), True, "the run was cut short"),
        ((End.CONFIRMED, End.UNTOUCHED), False, "the run was cut short"),
    ],
)
def test_a_host_that_was_well_is_told_why_it_goes_back(kinds: tuple[End, ...], cut_short: bool, cause: str) -> None:
    assert why_taken_back(ends(*kinds), cut_short=cut_short) == f"taken back because {cause} (on_failure: revert-all)"
