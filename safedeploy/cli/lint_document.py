"""The linter's findings as data: the document of --json, and the cases of a JUnit report."""

from __future__ import annotations

from typing import Any

from safedeploy.core.junit import Case
from safedeploy.core.lint_choice import LintFailure
from safedeploy.lint.finding import Severity
from safedeploy.lint.outcome import Outcome, Placed, refuses


def lint_document(outcome: Outcome) -> dict[str, Any]:
    """`safedeploy lint --json`."""
    return {
        "format": "safedeploy-lint",
        "version": 1,
        "findings": [finding_member(placed) for placed in outcome.findings],
        "counts": {severity.value: outcome.count(severity) for severity in Severity},
        "files": list(outcome.files),
        "hosts": list(outcome.hosts),
        "configurations": outcome.configurations,
        "ignored": outcome.ignored,
        "failed": [{"rule": rule, "error": error} for rule, error in outcome.failed],
        "unknown": list(outcome.unknown),
    }


def finding_member(placed: Placed) -> dict[str, Any]:
    """One finding, as every document has it."""
    finding = placed.finding
    position = finding.position
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "file": placed.file,
        "line": placed.line,
        "column": placed.column,
        "message": finding.message,
        "remedy": finding.remedy,
        "path": position.path,
        "path_line": position.line,
        "hosts": list(placed.hosts),
        "related": [
            {"path": one.position.path, "line": one.position.line, "text": one.text} for one in finding.related
        ],
    }


def lint_member(outcome: Outcome | None) -> list[dict[str, Any]]:
    """The findings in the document of a plan; none when the linter was not asked."""
    return [] if outcome is None else [finding_member(placed) for placed in outcome.findings]


def cases(outcome: Outcome, fail_on: LintFailure) -> list[Case]:
    """One case for each file: it failed when a finding of it refuses; the others are its output."""
    by_file: dict[str, list[Placed]] = {path: [] for path in outcome.files}
    for placed in outcome.findings:
        by_file.setdefault(placed.file, []).append(placed)
    return [_case(file, found, fail_on) for file, found in sorted(by_file.items())]


def _case(file: str, found: list[Placed], fail_on: LintFailure) -> Case:
    refusing = [_line(one) for one in found if refuses(one.finding.severity, fail_on)]
    others = [_line(one) for one in found if not refuses(one.finding.severity, fail_on)]
    return Case(
        name=file, classname="lint", failure="\n".join(refusing) if refusing else None, output="\n".join(others)
    )


def _line(placed: Placed) -> str:
    finding = placed.finding
    return f"{placed.place}: {finding.severity.value}[{finding.rule}]: {finding.message}. {finding.remedy}"
