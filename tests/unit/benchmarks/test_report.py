"""How trials are counted."""

from __future__ import annotations

from pathlib import Path

from benchmarks.catching import report
from benchmarks.catching.corpus import Case
from benchmarks.catching.product import LIVE
from benchmarks.catching.trial import Result


def result(kind, stopped_by, **more):
    document = {"id": f"{kind}-{stopped_by}", "expected": kind}
    return Result(case=Case(directory=Path("x"), document=document), stopped_by=stopped_by, **more)


def test_what_the_live_check_found_does_not_count_as_stopped():
    counts = report.document([result("runtime", "probes"), result("runtime", LIVE), result("runtime", None)])["classes"]
    assert counts["runtime"] == {"cases": 3, "stopped": 1, "live_check": 1}


def test_a_harmless_change_that_is_reverted_counts_as_refused():
    counts = report.document([result("none", LIVE), result("none", "probes"), result("none", None)])["classes"]
    assert counts["none"] == {"cases": 3, "refused": 2}


def test_every_class_is_there_even_without_cases():
    assert list(report.document([])["classes"]) == ["syntax", "boot", "runtime", "silent", "none"]


def test_a_stage_that_the_report_does_not_know_gets_a_column():
    lines = report.lines([result("boot", "no-space")])
    assert "no-space" in lines[0]


def test_every_miss_is_told_with_its_reason():
    text = "\n".join(report.lines([result("silent", None, why="nobody asked that path")]))
    assert "missed: 1" in text
    assert "nobody asked that path" in text


def test_a_failed_trial_is_no_miss():
    text = "\n".join(report.lines([result("silent", None, fault=True, why="no host")]))
    assert "trials that failed: 1" in text
    assert "missed: 0" in text
