"""Answers in which any member is something else than it should be: understood or refused, and never a crash."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safedeploy.core.errors import ExitCode
from safedeploy.core.observed import Observed, observed_from_json
from safedeploy.core.outcome import Answers, End, decide_end
from safedeploy.core.plan import HostPlan, Verdict
from safedeploy.core.preflight import judge_preflight

OUT_OF_PLACE = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        1e300,
        "",
        "text",
        "\x1b[2J\x1b]0;owned\x07[/red]",
        [],
        [[]],
        [None],
        ["x"],
        {},
        {"x": {}},
        [{"x": 1}],
    ]
)
ENTRY = {"kind": "file", "sha256": "0" * 64, "size": 1, "mode": "0644", "owner": "root", "group": "root"}
PENDING = {
    "activation": "a", "release": "r", "run": "u", "by": "x", "since": "s", "deadline": 1.0, "before_release": "b",
}  # fmt: skip
OBSERVED: dict[str, Any] = {
    "time": 1.0,
    "state": {
        "current": "r", "known_good": "r", "since": "s", "by": "x", "run": "u", "pending": PENDING,
        "history": [{"release": "r", "tree": "t"}], "last": {"activation": "a", "run": "u"},
        "last_revert": {"run": "u", "cause": "c", "went_to": "older", "at": "t",
                        "tried": [{"went_to": "before", "release": "r", "why": "w"}],
                        "kept_aside": [{"path": "/a", "stored": "s", "restore": "r", "error": None}]},
        "stranded": {"since": "s", "cause": "c", "steps": ["t"]},
    },
    "lease": {"holder": "x", "since": "s", "until": "u"},
    "dead_man": {"kind": "process", "alive": True},
    "boot_guard": {"installed": True, "how": "systemd", "why": ""},
    "live": {"/a": ENTRY}, "live_digest": "d", "adopted": {"/a": {"kind": "absent"}}, "current": {"/a": ENTRY},
    "content": {"/a": "eA=="}, "releases": [{"release": "r", "provenance": {}}],
    "httpd": {"installed": True, "running": True, "version": "2.4", "loaded": True, "reason": "r"}, "problems": ["p"],
}  # fmt: skip
VERDICT = {"id": "i", "verdict": "regression", "kind": "k", "request": "q", "before": "b", "after": "a", "log": ["l"]}
TRIED: dict[str, Any] = {
    "configtest": {"ok": True, "method": "namespace", "warnings": ["w"]},
    "restart": {"needed": True, "why": ["y"]},
    "differences": [{"kind": "k", "text": "t", "before": "b", "after": "a", "place": "f:1"}],
    "findings": [{"severity": "warning", "kind": "k", "text": "t", "place": "f:1", "next": "n", "id": "i"}],
    "validated": [{"validator": "v", "files": ["f"], "ok": True}],
    "shadow": {"state": "compared", "why": "", "probes": {"asked": 1}, "limits": ["l"], "backends": [{"state": "x"}]},
    "verdicts": [VERDICT], "accepted": ["i"], "changes": ["/a"], "seconds": 1.0,
}  # fmt: skip
REVERTED: dict[str, Any] = {
    "code": "reverted", "message": "m", "state": "s", "next": "n",
    "detail": {"cause": "c", "steps": [{"step": "switch", "seconds": 1.0}], "verdicts": [VERDICT],
               "revert": {"seconds": 1.0}},
}  # fmt: skip
PLAN = HostPlan(host="web1", verdict=Verdict.CHANGE, reason="r", actions=(), tree="t", expect_live="l", release="new")


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value, the whole of it first."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in items for place in places(item, (*path, key)))]


def spoilt(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    """A copy with something else at a place."""
    if not path:
        return other
    copy = json.loads(json.dumps(value))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = other
    return copy


@given(st.sampled_from(places(OBSERVED)), OUT_OF_PLACE)
def test_a_host_s_account_of_itself_is_understood_or_refused(path, other):
    try:
        observed = observed_from_json("web1", spoilt(OBSERVED, path, other))
    except ValueError:
        return
    assert observed.pending is None or observed.pending.until
    assert {type(one) for one in (observed.current, observed.by, observed.httpd.reason)} <= {str, type(None)}
    assert "\x1b" not in repr({**vars(observed), "live": 0, "adopted": 0, "current_tree": 0})
    observed.previous_known_good()
    decide_end(plan=PLAN, run="u", answers=Answers(), after=observed)


@given(st.sampled_from(places(TRIED)), OUT_OF_PLACE)
def test_a_preflight_s_answer_passes_or_fails_its_own_host_alone(path, other):
    good = Answers(preflight={"ok": True, "result": TRIED})
    bad = Answers(preflight={"ok": True, "result": spoilt(TRIED, path, other)})
    judged = judge_preflight(["web1", "web2"], {"web1": good, "web2": bad})
    assert judged.hosts["web1"].ok
    assert judged.exit_code in {ExitCode.OK, ExitCode.REFUSED}


@given(st.sampled_from(places(REVERTED)), OUT_OF_PLACE)
def test_where_a_host_ended_is_decided_whatever_it_answered_on_the_way(path, other):
    answers = Answers(
        preflight={"ok": True, "result": TRIED}, activate={"ok": False, "error": spoilt(REVERTED, path, other)}
    )
    after = Observed(host="web1", current="old", known_good="old", reverted_run="u")
    assert decide_end(plan=PLAN, run="u", answers=answers, after=after).end is End.REVERTED
    assert judge_preflight(["web1"], {"web1": Answers(prepare=answers.activate)}).exit_code is ExitCode.REFUSED


def test_a_path_that_is_out_for_the_terminal_is_refused():
    with pytest.raises(ValueError, match="not a path"):
        observed_from_json("web1", {**OBSERVED, "adopted": {"/etc/\x1b[2J": {"kind": "absent"}}})


def test_a_time_that_no_calendar_has_is_refused():
    with pytest.raises(ValueError, match="web1"):
        observed_from_json("web1", {**OBSERVED, "state": {"pending": {**PENDING, "deadline": 1e300}}})


def test_a_list_that_nobody_could_read_is_cut():
    assert observed_from_json("web1", {**OBSERVED, "problems": ["p"] * 1000}).problems[-1] == "and 800 more"
