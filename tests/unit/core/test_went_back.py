"""What a revert did beyond the ordinary is told; an ordinary one adds nothing."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from safedeploy.cli.push_view import show_ends
from safedeploy.core.observed import Observed
from safedeploy.core.outcome import Answers, End, HostEnd, decide_end, with_revert
from safedeploy.core.went_back import went_back_from_json
from tests.unit.core.test_outcome import PLAN, RUN

LAST: dict[str, Any] = {
    "activation": "a1",
    "release": "new",
    "run": RUN,
    "at": "2030-01-01T00:00:00Z",
    "cause": "status 500",
    "went_to": "before",
    "tried": [],
    "kept_aside": [],
}
FURTHER = {
    **LAST,
    "went_to": "older",
    "tried": [{"went_to": "before", "release": "good", "why": "no certificate at hunter2"}],
    "kept_aside": [{"path": "/etc/x", "entry": {}, "stored": "/var/lib/o/1", "restore": "install /var/lib/o/1 /etc/x"}],
}


def seen(last: dict[str, Any], **state: Any) -> Observed:
    return Observed(host="web1", current="oldest", reverted_run=RUN, went_back=went_back_from_json(last), **state)


def screen(end: HostEnd) -> str:
    console = Console(record=True, width=200)
    show_ends(console, {"web1": end})
    return console.export_text()


def test_an_ordinary_revert_has_nothing_to_add() -> None:
    went_back = went_back_from_json(LAST)
    assert went_back is not None
    assert list(went_back.lines("good")) == []


def test_a_revert_that_went_further_back_says_where_to_and_why_on_the_final_screen() -> None:
    end = decide_end(plan=PLAN, run=RUN, answers=Answers(), after=seen(FURTHER))
    assert end.end is End.REVERTED
    said = screen(end)
    assert "web1: went further back, to oldest (older), which was verified" in said
    assert "before (good): no certificate" in said


def test_a_hand_edit_that_was_kept_aside_is_shown_with_the_way_back() -> None:
    said = screen(decide_end(plan=PLAN, run=RUN, answers=Answers(), after=seen(FURTHER)))
    assert "kept aside in /var/lib/o/1: /etc/x" in said
    assert "on the host: install /var/lib/o/1 /etc/x" in said


def test_what_the_host_says_of_it_is_masked() -> None:
    end = decide_end(
        plan=PLAN, run=RUN, answers=Answers(), after=seen(FURTHER), hide=lambda text: text.replace("hunter2", "***")
    )
    assert "hunter2" not in screen(end)


def test_a_stranded_host_shows_what_was_tried() -> None:
    stranded = {"since": "now", "cause": "dead", "steps": ["true  # step"], "tried": FURTHER["tried"], "record": LAST}
    after = Observed(host="web1", stranded=stranded, went_back=went_back_from_json(stranded))
    said = screen(decide_end(plan=PLAN, run=RUN, answers=Answers(), after=after))
    assert "tried without success" in said
    assert "1. true  # step" in said


def test_a_step_is_not_folded_on_a_narrow_terminal() -> None:
    step = "sh /var/lib/safedeploy/by-hand.sh  # " + "and so on " * 20
    console = Console(record=True, width=40)
    show_ends(console, {"web1": HostEnd(host="web1", end=End.STRANDED, why="dead", steps=(step,))})
    assert f"  1. {step}\n" in console.export_text()


def test_an_earlier_revert_is_not_taken_for_the_one_that_failed() -> None:
    end = HostEnd(host="web1", end=End.STRANDED, why="the revert could not be verified")
    assert with_revert(end, seen(FURTHER), str).went_back is None
