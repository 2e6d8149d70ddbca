"""What safedeploy itself says of a lab that was broken for a drill, asked before the page goes out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from safedeploy.core.errors import SafedeployError
from safedeploy.core.policy import Lint
from safedeploy.lab import Lab
from safedeploy.lab import drill as records
from safedeploy.lab.drill import Drill
from safedeploy.lint.finding import Severity
from safedeploy.workflows import lint_files
from safedeploy.workflows.lint_source import sources

ENVIRONMENT = "lab"
SECONDS = 90.0
BEFORE, NOTICED = 30.0, 15.0  # seconds in which visitors leave something in the logs, well and otherwise
MOST = 3


def needs(project: Path) -> float:
    """For how many seconds all is to be well before anything is broken: a diagnosis wants to know what is usual."""
    return BEFORE if _has_environment(project) else 0.0


def said(lab: Lab, project: Path) -> Drill:
    """The drill with what the linter and the diagnosis say; None where one of them could not be asked."""
    drill = records.load(lab.directory)
    began = time.monotonic()
    lint = _lint(lab, drill)
    if not _has_environment(project):
        return drill.but(lint=lint)
    time.sleep(max(0.0, NOTICED - (time.monotonic() - began)))
    return drill.but(lint=lint, diagnosis=_diagnosis(lab, project))


def _lint(lab: Lab, drill: Drill) -> tuple[str, ...] | None:
    """Findings on the first broken host."""
    host = lab.ground.place(drill.hosts[0])
    try:
        found = [lint_files.lint(source, Lint()) for source in sources([host])]
        outcome = lint_files.outcome(found, lambda path: f"/{path.relative_to(host)}")
    except (SafedeployError, OSError, ValueError):
        return None
    return tuple(
        f"{one.place}: {one.finding.severity.value}[{one.finding.rule}]: {one.finding.message}"
        for one in outcome.findings
        if one.finding.severity is not Severity.INFO
    )


def _has_environment(project: Path) -> bool:
    return (project / "safedeploy.yml").is_file() and (project / "inventories" / ENVIRONMENT).is_dir()


def _diagnosis(lab: Lab, project: Path) -> tuple[str, ...] | None:
    """As a program of its own, whose history nobody looks into: a drill is not to be read there."""
    with tempfile.TemporaryDirectory() as state:
        environ = {
            **os.environ,
            "XDG_STATE_HOME": state,
            "SAFEDEPLOY_LAB_NAME": lab.name,
            "SAFEDEPLOY_LAB_DIR": str(lab.directory.parent),
        }
        words = [sys.executable, "-m", "safedeploy", "-C", str(project), "diagnose", ENVIRONMENT, "--json"]
        try:
            done = subprocess.run(
                words, env=environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False
            )
            return _in_words(json.loads(done.stdout))
        except (OSError, ValueError, KeyError, TypeError, subprocess.TimeoutExpired):
            return None


def _in_words(document: dict[str, Any]) -> tuple[str, ...]:
    """The named cause, or that there is none, and the likeliest with the first that speaks for each."""
    likely = [one for one in document["hypotheses"] if one["verdict"] in ("likely", "possible")]
    words = [] if document["named"] else ["no cause is named with confidence"]
    for one in likely[:MOST]:
        why = f": {one['for'][0]}" if one["for"] else ""
        words.append(f"{one['verdict']}: {one['title']} ({one['weight']:.2f}){why}")
    return tuple(words)
