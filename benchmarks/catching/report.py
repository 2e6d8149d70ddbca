"""The results as a table for people and as a document for programs."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from . import lint_report
from .corpus import CLASSES, HARMLESS
from .product import LIVE
from .trial import Result

# In the order in which pre-flight goes through them; a stage of another name gets a column of its own.
STAGES = ("configtest", "effective", "validators", "shadow", "probes")


def document(results: Sequence[Result]) -> dict[str, Any]:
    """`--json`: counts for each class, and every case."""
    classes: dict[str, dict[str, int]] = {}
    for kind in CLASSES:
        own = [result for result in results if result.case.kind == kind]
        if kind == HARMLESS:
            refused = sum(result.stopped_by is not None for result in own)
            classes[kind] = {"cases": len(own), "refused": refused}
        else:
            stopped, live = sum(result.stopped for result in own), sum(result.live for result in own)
            classes[kind] = {"cases": len(own), "stopped": stopped, "live_check": live}
    rows = [
        {
            "id": result.case.id,
            "class": result.case.kind,
            "stopped_by": result.stopped_by,
            "seconds": result.seconds,
            "why": result.why,
            "lint": lint_report.document(result.lint),
        }
        for result in results
    ]
    return {"classes": classes, "results": rows, "lint": lint_report.counts(results)}


def lines(results: Sequence[Result]) -> list[str]:
    """The report."""
    return [*_table(results), "", *_times(results), "", *_remarkable(results), "", *lint_report.lines(results)]


def _table(results: Sequence[Result]) -> list[str]:
    seen = {result.stopped_by for result in results if result.stopped}
    stages = [*STAGES, *sorted(str(stage) for stage in seen - set(STAGES))]
    head = ["class", "cases", *stages, "before live", "live check", "missed", "only configtest", "+ graceful + GET /"]
    rows = [head]
    for kind in CLASSES:
        own = [result for result in results if result.case.kind == kind]
        if not own:
            continue
        by_stage = [sum(result.stopped_by == stage for result in own) for stage in stages]
        stopped, live = sum(result.stopped for result in own), sum(result.live for result in own)
        missed = "-" if kind == HARMLESS else len(own) - stopped - live
        without = [result.plain for result in own if result.plain is not None]
        plain = sum(item.configtest for item in without), sum(item.front_page for item in without)
        rows.append([kind, *map(str, (len(own), *by_stage, stopped, live, missed, *plain))])
    return lint_report.table(rows)


def _times(results: Sequence[Result]) -> list[str]:
    whole = [result.seconds for result in results if result.seconds]
    host = [result.preflight for result in results if result.preflight is not None]
    found = []
    if whole:
        found.append(f"safedeploy check, one host: median {statistics.median(whole):.1f} s, longest {max(whole):.1f} s")
    if host:
        found.append(f"of it on the host: median {statistics.median(host):.2f} s, longest {max(host):.2f} s")
    return found


def _remarkable(results: Sequence[Result]) -> list[str]:
    """Every fault, miss and false alarm, each with its reason."""
    groups = (
        ("trials that failed", [result for result in results if result.fault]),
        ("false alarms", [r for r in results if not r.case.harmful and r.stopped_by is not None]),
        ("found by the live check alone", [r for r in results if r.case.harmful and r.stopped_by == LIVE]),
        ("missed", [r for r in results if r.case.harmful and r.stopped_by is None and not r.fault]),
    )
    found = []
    for title, those in groups:
        found.append(f"{title}: {len(those)}")
        found += [f"  {result.case.name} ({result.case.kind}): {result.why}" for result in those]
    return found
