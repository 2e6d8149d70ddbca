"""From the documents of --json back to the values that were shown, so that the same views can show them again.

A member that a document of another version does not have is as if nothing was known there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from safedeploy.core.acceptance import Acceptance
from safedeploy.core.blame import Cause
from safedeploy.core.changed_lines import Around, Hunk, Line
from safedeploy.core.diff import Diff
from safedeploy.core.errors import ExitCode
from safedeploy.core.examined import Examined
from safedeploy.core.hooks import HookRun, When
from safedeploy.core.looked_after import LookedAfter
from safedeploy.core.outcome import End, HostEnd
from safedeploy.core.plan import Action, ActionKind, HostPlan, Verdict
from safedeploy.core.preflight import HostCheck, Preflight
from safedeploy.core.traffic import BatchTraffic, Counted, NewKind, Workers
from safedeploy.core.tree import Entry
from safedeploy.core.trial import Difference, Finding, Judgement, ProbeVerdict, Shadow, Trial
from safedeploy.core.went_back import KeptAside, WentBack
from safedeploy.workflows.planning import FleetPlan
from safedeploy.workflows.push_result import PushResult

T = TypeVar("T")
Json = Mapping[str, Any]


def plan(document: Json) -> FleetPlan:
    """The plan of a plan's document."""
    hosts = {host: _host_plan(host, one) for host, one in document["hosts"].items()}
    return FleetPlan(
        environment=document["environment"],
        release=document["release"],
        hosts=hosts,
        diffs=tuple((tuple(one["hosts"]), _diff(one)) for one in document["diffs"]),
        missing=document.get("unreachable") or {},
        examined={host: found for host, one in document["hosts"].items() if (found := _examined(one.get("examined")))},
    )


def push(document: Json) -> PushResult:
    """How a push or rollback ended."""
    hosts = document["hosts"]
    return PushResult(
        run=document["run"],
        environment=document["environment"],
        release=document["release"],
        ends={host: end(host, one) for host, one in hosts.items()},
        code=ExitCode(document["exit_code"]),
        interrupted=document.get("interrupted", False),
        trouble=document.get("trouble"),
        preflight=preflight(document.get("preflight") or {}, document.get("stale") or ()),
        seconds=document.get("seconds") or {},
        acceptance=_made(Acceptance, document.get("accepted") or {}),
        causes={host: found for host, one in hosts.items() if (found := _causes(one.get("verdicts") or ()))},
        hooks=tuple(_made(HookRun, {**one, "when": When(one["when"])}) for one in document.get("hooks") or ()),
        traffic=tuple(_traffic(one) for one in document.get("traffic") or ()),
    )


def end(host: str, value: Json) -> HostEnd:
    """The end of one host, of a push or of a decision."""
    back = value.get("went_back")
    verdicts = tuple(_verdict(one) for one in value.get("verdicts") or ())
    changed = {"host": host, "end": End(value["end"]), "verdicts": verdicts, "went_back": back and _went_back(back)}
    return _made(HostEnd, {**value, **changed})


def preflight(members: Json, stale: Sequence[str]) -> Preflight:
    """The preflight of every host."""
    return Preflight(hosts={host: _check(host, one) for host, one in members.items()}, stale=tuple(stale))


def _made(kind: type[T], value: Json) -> T:
    """A value of the members that it has; lists become tuples."""
    known = {field.name for field in dataclasses.fields(kind)}  # type: ignore[arg-type]  # every one is a dataclass
    return kind(**{key: tuple(one) if isinstance(one, list) else one for key, one in value.items() if key in known})


def _host_plan(host: str, one: Json) -> HostPlan:
    actions = tuple(
        _made(
            Action,
            {
                **action,
                "kind": ActionKind(action["action"]),
                "before": Entry.from_json(action["before"]),
                "after": Entry.from_json(action["after"]),
            },
        )
        for action in one["actions"]
    )
    looked_after = tuple(_made(LookedAfter, item) for item in one.get("looked_after") or ())
    changed = {"host": host, "verdict": Verdict(one["verdict"]), "actions": actions, "looked_after": looked_after}
    return _made(HostPlan, {**one, **changed})


def _diff(one: Json) -> Diff:
    body = one["text"].splitlines()[2:]
    signs = {sign: sum(line.startswith(sign) for line in body) for sign in "+-"}
    return Diff(path=one["path"], text=one["text"], note=one["note"], added=signs["+"], removed=signs["-"])


def _examined(one: Json | None) -> Examined | None:
    if one is None or (not one.get("known") and one.get("why") == "it was not asked"):
        return None
    return _made(Examined, {**one, "trial": _trial(one)})


def _check(host: str, one: Json) -> HostCheck:
    causes = () if one["ok"] else _causes(one.get("verdicts") or ())
    changed = {"host": host, "detail": one.get("output") or "", "trial": _trial(one), "causes": causes}
    return _made(HostCheck, {**one, **changed})


def _trial(one: Json) -> Trial:
    shadow = one.get("shadow")
    unmade = shadow is None or shadow.get("why") == "the preflight did not get that far"
    return Trial(
        findings=tuple(_made(Finding, item) for item in one.get("findings") or ()),
        differences=tuple(_made(Difference, item) for item in one.get("differences") or ()),
        validated=tuple(one.get("validated") or ()),
        shadow=None if unmade or shadow is None else _made(Shadow, shadow),
        verdicts=tuple(_verdict(item) for item in one.get("verdicts") or ()),
        accepted=tuple(one.get("accepted") or ()),
    )


def _verdict(one: Json) -> ProbeVerdict:
    return _made(ProbeVerdict, {**one, "judgement": Judgement(one["verdict"])})


def _causes(verdicts: Sequence[Json]) -> tuple[Cause, ...]:
    """Regressions with the same likely lines have one cause."""
    groups: dict[str, list[Json]] = {}
    for one in verdicts:
        if one["verdict"] == Judgement.REGRESSION.value and not one.get("accepted"):
            groups.setdefault(repr(one.get("likely")), []).append(one)
    return tuple(
        Cause(verdicts=tuple(map(_verdict, ones)), likely=tuple(_hunk(hunk) for hunk in ones[0].get("likely") or ()))
        for ones in groups.values()
    )


def _hunk(one: Json) -> Hunk:
    lines = str(one["text"]).splitlines()
    number = one.get("line")
    if number is None or not all(line[:2] in ("+ ", "- ") for line in lines):
        return Hunk(path=one["path"], note=one["text"], origin=one.get("origin"))
    made = tuple(Line(sign=line[0], number=number, text=line[2:], around=Around()) for line in lines)
    return Hunk(path=one["path"], lines=made, origin=one.get("origin"))


def _went_back(one: Json) -> WentBack:
    kept = tuple(_made(KeptAside, item) for item in one.get("kept_aside") or ())
    return _made(WentBack, {**one, "kept_aside": kept})


def _traffic(one: Json) -> BatchTraffic:
    counts = {key: _made(Counted, one[key]) for key in ("now", "before", "unchanged") if one.get(key)}
    signatures = tuple(_made(NewKind, item) for item in one.get("signatures") or ())
    workers = {host: _made(Workers, item) for host, item in (one.get("workers") or {}).items()}
    return _made(BatchTraffic, {**one, **counts, "signatures": signatures, "workers": workers})
