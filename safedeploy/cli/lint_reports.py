"""Where the findings of a lint go: the screen or --json, and the files and annotations that were asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safedeploy import __version__
from safedeploy.adapters import result_file
from safedeploy.cli import job_log, junit, lint_document, lint_view, screen
from safedeploy.core.lint_choice import LintFailure
from safedeploy.lint import sarif
from safedeploy.lint.finding import Severity
from safedeploy.lint.outcome import Outcome, Placed

KINDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


@dataclass(frozen=True, kw_only=True)
class Reports:
    """Which were asked for."""

    as_json: bool = False
    sarif: Path | None = None
    github: bool = False
    junit: Path | None = None

    def give(self, outcome: Outcome, fail_on: LintFailure) -> None:
        """All of them. Raises SafedeployError when a file cannot be written; the screen comes first."""
        if self.as_json:
            screen.say_json(self.document(outcome))
        else:
            lint_view.show(screen.out(), outcome)
        if self.github:
            for placed in outcome.findings:
                _annotate(placed)
        if self.sarif is not None:
            text = json.dumps(sarif.log(outcome, __version__), indent=2)
            result_file.write(self.sarif, f"{text}\n".encode("utf-8", "replace"))
        if self.junit is not None:
            junit.write(self.junit, "safedeploy lint", lint_document.cases(outcome, fail_on))

    def document(self, outcome: Outcome) -> dict[str, Any]:
        """What --json prints."""
        return lint_document.lint_document(outcome)


def _annotate(placed: Placed) -> None:
    finding = placed.finding
    job_log.annotate_line(
        screen.err(),
        KINDS[finding.severity],
        f"{finding.rule}: {finding.message}",
        finding.remedy,
        file=placed.file,
        line=placed.line,
        column=placed.column,
    )
