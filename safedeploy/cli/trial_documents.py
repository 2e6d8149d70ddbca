"""The JSON of what hosts found when they tried a candidate: members of several documents of docs/json.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from safedeploy.core.blame import Cause
from safedeploy.core.examined import Examined
from safedeploy.core.preflight import HostCheck, Preflight
from safedeploy.core.trial import Difference, Finding, ProbeVerdict, Shadow


def preflight_members(verdict: Preflight | None) -> dict[str, Any]:
    """Each host's preflight; empty when there was none."""
    return {} if verdict is None else {host: _check(check) for host, check in verdict.hosts.items()}


def examined_member(item: Examined | None) -> Mapping[str, Any]:
    """What one host said of the candidate at the plan; None when it was not asked."""
    if item is None:
        item = Examined(why="it was not asked")
    return {
        "known": not item.why,
        "why": item.why,
        "refusal": item.refusal,
        "method": item.method,
        "restart": list(item.restart),
        "limits": list(item.limits),
        "differences": [_difference(one) for one in item.differences],
        "findings": [_finding(one) for one in item.findings],
    }


def verdict_members(verdicts: Sequence[ProbeVerdict], causes: Sequence[Cause]) -> list[dict[str, Any]]:
    """Verdicts, each with the changed lines that are likely behind it."""
    likely = {one.id: cause for cause in causes for one in cause.verdicts}
    return [{**_verdict(one), "likely": _likely(likely.get(one.id))} for one in verdicts]


def _check(check: HostCheck) -> dict[str, Any]:
    trial = check.trial
    return {
        "ok": check.ok,
        "code": check.code,
        "text": check.text,
        "output": check.detail,
        "method": check.method,
        "warnings": list(check.warnings),
        "restart": list(check.restart),
        "seconds": check.seconds,
        "differences": [_difference(one) for one in trial.differences],
        "findings": [_finding(one) for one in trial.findings],
        "validated": list(trial.validated),
        "shadow": _shadow(trial.shadow or Shadow(why="the preflight did not get that far")),
        "verdicts": verdict_members(trial.verdicts, check.causes),
        "accepted": list(trial.accepted),
    }


def _difference(one: Difference) -> dict[str, Any]:
    return {"kind": one.kind, "text": one.text, "before": one.before, "after": one.after, "place": one.place}


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "severity": one.severity,
        "kind": one.kind,
        "text": one.text,
        "place": one.place,
        "next": one.next,
        "id": one.id,
        "accepted": one.accepted,
    }


def _shadow(shadow: Shadow) -> dict[str, Any]:
    return {
        "state": shadow.state,
        "why": shadow.why,
        "seconds": shadow.seconds,
        "probes": dict(shadow.probes),
        "limits": list(shadow.limits),
    }


def _verdict(one: ProbeVerdict) -> dict[str, Any]:
    return {
        "id": one.id,
        "verdict": one.judgement.value,
        "kind": one.kind,
        "request": one.request,
        "before": one.before,
        "after": one.after,
        "place": one.place,
        "log": list(one.log),
        "accepted": one.accepted,
    }


def _likely(cause: Cause | None) -> list[dict[str, Any]]:
    if cause is None:
        return []
    return [
        {
            "path": hunk.path,
            "line": hunk.number,
            "origin": hunk.origin,
            "text": hunk.note or "\n".join(f"{line.sign} {line.text.strip()}" for line in hunk.lines),
        }
        for hunk in cause.likely
    ]
