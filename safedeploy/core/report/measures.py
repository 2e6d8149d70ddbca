"""What is to be done after an incident, as tasks: put right what is still wrong, and have it never again. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What measures depend on. `failing` are (site, path); `traffic` is what the error-rate gate saw of the run."""

    environment: str
    cause: Json | None
    failing: list[tuple[str, str]]
    detected: bool
    channels: int
    traffic: tuple[Json, ...]
    over: bool
    rolled_back: bool = False


# For each kind of cause what keeps it from coming again, with a command or a place to go to.
_PREVENT: Mapping[str, tuple[tuple[str, str], ...]] = {
    "hand-edit": (
        ("Have edits by hand found within the hour: a timer for the look for drift", "contrib/systemd"),
        ("Take what is edited by hand into the project", "safedeploy drift {environment} --save-patch"),
    ),
    "httpd": (
        ("Have a reload that would fail found before it is one: a timer for the look for drift", "contrib/systemd"),
    ),
    "backend": (("Have the backend watched and started again by what runs it", ""),),
    "network": (("Have the way to the backend watched from the hosts themselves", ""),),
    "upstream": (("Have the backend say in its health check what it depends on", ""),),
    "workers": (("Set MaxRequestWorkers by what memory and backends can serve, and time-outs that free workers", ""),),
    "descriptors": (("Raise the limit of descriptors in the unit of httpd (LimitNOFILE)", ""),),
    "disk": (("Have logs rotated by size, and the room on disks watched", ""),),
    "memory": (("Set MaxRequestWorkers by the memory of one worker", ""),),
    "certificate": (
        (
            "Have certificates told before they end: `drift.certificate_days`, and a timer",
            "safedeploy drift {environment}",
        ),
    ),
    "files": (("Manage modes and owners of what is served in the project", ""),),
    "application": (("Have the application's own release checked as configuration is: a canary, and a way back", ""),),
    "flood": (("Limit requests of one client at the balancer or in httpd, and cache what can be", ""),),
}


def measures(facts: Facts) -> list[dict[str, str]]:
    """[{kind: corrective or preventive, text, command}]."""
    found = [*_corrective(facts), *_preventive(facts)]
    return [{"kind": kind, "text": text, "command": command} for kind, text, command in found]


def _corrective(facts: Facts) -> Iterable[tuple[str, str, str]]:
    cause = facts.cause
    if not facts.over:
        yield "corrective", "It still lasts: find out what is behind it", f"safedeploy diagnose {facts.environment}"
    if cause is None:
        return
    if cause.get("id") == "change" and not facts.rolled_back:
        yield (
            "corrective",
            "Go back to the release before, where that has not been done",
            (f"safedeploy rollback {facts.environment}"),
        )
    if cause.get("path") and cause.get("id") in ("change", "hand-edit"):
        yield (
            "corrective",
            f"Correct what renders {cause['path']} in the project",
            f"safedeploy plan {facts.environment}",
        )


def _preventive(facts: Facts) -> Iterable[tuple[str, str, str]]:
    cause = facts.cause or {}
    rule = cause.get("rule")
    if rule:
        yield (
            "preventive",
            f"Have the linter refuse it: see that the rule {rule} is enabled",
            f"safedeploy explain {rule}",
        )
    for site, path in facts.failing:
        yield (
            "preventive",
            f"Declare a health check, so that a push sees it when {site}{path} fails",
            (f'safedeploy_health: [{{url: "http://{site}{path}", status: 200}}]'),
        )
    if cause.get("id") in ("change", "run"):
        yield "preventive", "Declare what a change is meant to change, so that all else is refused", "safedeploy_expect"
        if any(each.get("verdict") == "too-little" for each in facts.traffic):
            yield (
                "preventive",
                "The error-rate gate had too little traffic to judge: let a batch bake longer",
                "rollout.bake",
            )
        elif facts.traffic:
            yield "preventive", "The error-rate gate let it through: see its limits", "rollout.gate"
    for text, command in _PREVENT.get(str(cause.get("id")), ()):
        yield "preventive", text, command.format(environment=facts.environment)
    if not facts.detected:
        yield (
            "preventive",
            "Nothing had told of it: have errors watched, so that they alert within a minute",
            (f"safedeploy watch {facts.environment}"),
        )
    if not facts.channels:
        yield (
            "preventive",
            "Nobody is told by safedeploy: name a channel",
            f"safedeploy alerts test {facts.environment}",
        )
