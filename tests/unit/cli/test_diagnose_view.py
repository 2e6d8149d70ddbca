"""A diagnosis on the screen: what a person reads first, and what is left out."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from safedeploy.cli import diagnose_view
from safedeploy.core.diagnose.diagnosis import diagnose
from tests.unit.diagnose.broken import BROKEN
from tests.unit.diagnose.fleets import BEGAN, change, fleet, host, window


def shown(evidence, width=100):
    console = Console(
        file=io.StringIO(), width=width, highlight=False, markup=False, force_terminal=True, no_color=True
    )
    diagnose_view.show(console, diagnose(evidence, run="r9"))
    return console.file.getvalue().replace("\x1b[1m", "").replace("\x1b[0m", "")


def test_the_first_line_names_the_cause():
    assert shown(BROKEN["backend"]).splitlines()[0].startswith("cause: a backend is down")


def test_the_first_line_says_that_none_is_named():
    assert shown(fleet()).splitlines()[0] == "no trouble is seen, and no cause is named"
    late = fleet(*[host(window(bad=0.2))] * 3, changes=(change(at=BEGAN + 300),))
    assert shown(late).splitlines()[0] == "no cause is clear enough to be named"


def test_what_it_is_not_is_told_for_every_other_cause():
    assert "it is not, as far as can be seen:" in shown(BROKEN["backend"])
    text = shown(fleet())
    assert "what was looked at:" in text
    assert "it is not" not in text
    for noun in ("a flood of requests: ", "the network: ", "room on disks: ", "a backend that is down: "):
        assert noun in text


def test_what_nothing_is_known_of_is_told_apart():
    text = shown(fleet(changes=None))
    assert "nothing is known of:" in text
    assert "a change by safedeploy: no history of runs can be read" in text


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("way", BROKEN)
def test_no_line_of_evidence_is_wider_than_the_screen(way, width):
    lines = [line for line in shown(BROKEN[way], width).splitlines() if not line.startswith("  next ")]
    assert max(map(len, lines)) <= width
