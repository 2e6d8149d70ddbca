"""All hypotheses, ranked, and the one that is named with confidence. Pure.

A cause is named when its weight is 0.7 or more and no other one comes within 0.1 of it. Where nothing is seen of any
trouble a cause is named only for what needs no visitor to be seen: httpd that is down, a certificate that has
ended, or a file system that is full.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from safedeploy.core.diagnose.causes import CAUSES
from safedeploy.core.diagnose.evidence import Evidence, Trouble
from safedeploy.core.diagnose.hypothesis import LIKELY, Hypothesis

MARGIN = 0.1
NEEDS_NO_VISITOR = ("httpd", "certificate", "disk")


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """The hypotheses, the likeliest first; `named` is the one that is the cause, None where that is not clear."""

    environment: str
    run: str
    since: float
    until: float
    trouble: Trouble | None
    hypotheses: tuple[Hypothesis, ...]
    named: Hypothesis | None
    asked: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    seconds: float = 0.0
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As in docs/json.md."""
        return {
            "format": "safedeploy-diagnosis",
            "version": 1,
            "environment": self.environment,
            "run": self.run,
            "since": _iso(self.since),
            "until": _iso(self.until),
            "seconds": round(self.seconds, 1),
            "errors": None if self.trouble is None else _trouble(self.trouble),
            "named": self.named.id if self.named else None,
            "hypotheses": [_hypothesis(one) for one in self.hypotheses],
            "hosts": list(self.asked),
            "missing": list(self.gone),
            "notes": list(self.notes),
        }


def diagnose(evidence: Evidence, *, run: str, seconds: float = 0.0) -> Diagnosis:
    """Judge every cause."""
    judged = [cause.judge(evidence) for cause in CAUSES]
    ranked = sorted(judged, key=lambda one: -1.0 if one.weight is None else one.weight, reverse=True)
    return Diagnosis(
        environment=evidence.environment,
        run=run,
        since=evidence.since,
        until=evidence.until,
        trouble=evidence.trouble,
        hypotheses=tuple(ranked),
        named=_named(ranked, evidence),
        asked=tuple(evidence.hosts),
        gone=tuple(evidence.gone),
        seconds=seconds,
        notes=evidence.notes,
    )


def _named(ranked: list[Hypothesis], evidence: Evidence) -> Hypothesis | None:
    first, second = ranked[0], ranked[1]
    if (first.weight or 0.0) < LIKELY or (first.weight or 0.0) - (second.weight or 0.0) < MARGIN - 1e-9:
        return None
    return first if evidence.trouble is not None or first.id in NEEDS_NO_VISITOR else None


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _trouble(trouble: Trouble) -> dict[str, Any]:
    return {
        "symptom": trouble.symptom.value,
        "began": None if trouble.began is None else _iso(trouble.began),
        "ended": None if trouble.ended is None else _iso(trouble.ended),
        "requests": trouble.requests,
        "bad": trouble.bad,
        "share": round(trouble.share, 4),
        "usual": round(trouble.usual, 4),
        "hosts": list(trouble.hosts),
    }


def _hypothesis(one: Hypothesis) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "verdict": one.verdict.value,
        "weight": one.weight,
        "for": list(one.speaks_for),
        "against": list(one.against),
        "hosts": list(one.hosts),
        "next_step": one.next_step,
        "refers": {"run": one.refers.run, "rule": one.refers.rule, "path": one.refers.path},
    }
