"""How a decision ended: the screen and the JSON document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from safedeploy.cli.push_view import show_ends
from safedeploy.cli.screen import say
from safedeploy.core.decision import Decision
from safedeploy.core.errors import ExitCode
from safedeploy.workflows.decide import DecisionResult


def show(console: Console, result: DecisionResult) -> None:
    """Print where each host is now, and the next command."""
    show_ends(console, result.ends)
    interrupted = "interrupted; " if result.interrupted else ""
    told = ", ".join(f"{end.host} {end.end.value}" for end in result.ends.values())
    what = f"{result.decision.value} of what was pending in {result.environment}"
    say(console, f"{what}: {interrupted}{told} (run {result.run})", "bold")
    say(console, f"next: {_next(result)}")


def _next(result: DecisionResult) -> str:
    environment = result.environment
    if result.code is ExitCode.STRANDED:
        return f"follow the steps above on each named host, then: safedeploy status {environment}"
    if result.code is ExitCode.OK and result.decision is Decision.CONFIRM:
        return f"safedeploy push {environment} brings the release to the rest of the fleet"
    if result.code is ExitCode.OK:
        return f"correct the configuration, then: safedeploy check {environment}"
    if result.code is ExitCode.REVERTED:
        return f"the window was over: push again, with a longer hold_window if need be: safedeploy check {environment}"
    return f"find out why, then decide again: safedeploy confirm {environment}, or safedeploy abort {environment}"


def document(result: DecisionResult, missing: Mapping[str, str]) -> dict[str, Any]:
    """`safedeploy confirm --json` and `abort --json`."""
    return {
        "format": "safedeploy-decision",
        "version": 1,
        "run": result.run,
        "environment": result.environment,
        "decision": result.decision.value,
        "exit_code": int(result.code),
        "interrupted": result.interrupted,
        "hosts": {
            host: {
                "end": end.end.value,
                "why": end.why,
                "release": end.release,
                "steps": list(end.steps),
                "went_back": end.went_back and end.went_back.to_json(),
            }
            for host, end in result.ends.items()
        },
        "unreachable": dict(missing),
    }
