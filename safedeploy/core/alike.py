"""Hosts whose preflights tell the same, put together so that a fleet reads like one host. Pure.

What counts is what was found and what is likely behind it. Which requests showed it differs from host to host, since
each asks what its own access logs hold; they are merged. A host's own name in a text makes no difference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from safedeploy.core.blame import Cause
from safedeploy.core.preflight import HostCheck, Preflight
from safedeploy.core.trial import Judgement, ProbeVerdict

# Names that are made anew for each trial, and digests.
_RANDOM = re.compile(r"[0-9a-f]{8,}")
_WHO_AND_WHERE = re.compile(r" (?:from|at) \S+")


@dataclass(frozen=True, kw_only=True)
class Alike:
    """Hosts that found the same. `check` is the first one's, with the verdicts of all merged into it.

    `ids` has for the id of a merged verdict all those that it stands for; `counts` and `seconds` are the least and the
    most over the hosts.
    """

    hosts: tuple[str, ...]
    check: HostCheck
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    counts: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    seconds: tuple[float, float] | None = None


def alike(verdict: Preflight) -> list[Alike]:
    """All hosts, in groups, in their order."""
    groups: dict[str, list[HostCheck]] = {}
    for check in verdict.hosts.values():
        groups.setdefault(_key(check), []).append(check)
    return [_merged(checks) for checks in groups.values()]


def _key(check: HostCheck) -> str:
    trial, shadow = check.trial, check.trial.shadow
    parts = (
        *(check.ok, check.code, check.method, check.warnings, check.restart, check.changes == 0),
        *(trial.findings, trial.differences, trial.validated),
        (shadow.state, shadow.why, shadow.limits) if shadow else None,
        [_cause_key(cause) for cause in check.causes],
        sorted({(one.judgement, one.kind, one.accepted) for one in _others(check)}),
        # Without a likely line the answers are all that a host has to tell.
        [[_plain(check.host, one) for one in cause.verdicts] for cause in check.causes if not cause.likely],
    )
    return _RANDOM.sub("#", without_name(check.host, repr(parts)))


def _cause_key(cause: Cause) -> object:
    return cause.kinds, [(hunk.path, hunk.number) for hunk in cause.likely]


def without_name(host: str, text: str) -> str:
    """A text without the host's own name, to tell whether another host says the same."""
    return re.sub(rf"(?<![\w-]){re.escape(host)}(?![\w-])", "HOST", text)


def _plain(host: str, one: ProbeVerdict) -> tuple[str, str]:
    """A verdict without what differs between hosts that ask the same."""
    request = _WHO_AND_WHERE.sub("", without_name(host, one.request))
    return one.kind, _RANDOM.sub("#", request)


def _others(check: HostCheck) -> list[ProbeVerdict]:
    return [one for one in check.trial.verdicts if one.accepted or one.judgement is not Judgement.REGRESSION]


def _merged(checks: Sequence[HostCheck]) -> Alike:
    first = checks[0]
    ids: dict[str, dict[str, None]] = {}
    seen: dict[tuple[object, ...], tuple[str, str]] = {}

    def distinct(number: object, every: list[tuple[str, ProbeVerdict]]) -> tuple[ProbeVerdict, ...]:
        kept = []
        for host, one in every:
            asked_by, known = seen.setdefault((number, one.judgement, *_plain(host, one)), (host, one.id))
            if asked_by == host:
                kept.append(one)
                known = one.id
            ids.setdefault(known, {})[one.id] = None
        return tuple(kept)

    causes = tuple(
        Cause(
            verdicts=distinct(number, [(check.host, one) for check in checks for one in check.causes[number].verdicts]),
            likely=cause.likely,
        )
        for number, cause in enumerate(first.causes)
    )
    others = distinct(None, [(check.host, one) for check in checks for one in _others(check)])
    verdicts = (*(one for cause in causes for one in cause.verdicts), *others)
    times = [time for check in checks if (time := _time(check)) is not None]
    return Alike(
        hosts=tuple(check.host for check in checks),
        check=replace(first, causes=causes, trial=replace(first.trial, verdicts=verdicts)),
        ids={one: tuple(all_of_them) for one, all_of_them in ids.items()},
        counts=_counts(checks),
        seconds=(min(times), max(times)) if times else None,
    )


def _time(check: HostCheck) -> float | None:
    """How long the host took; a refusal tells only how long its shadows did."""
    if check.seconds is not None or check.trial.shadow is None:
        return check.seconds
    return check.trial.shadow.seconds


def _counts(checks: Sequence[HostCheck]) -> dict[str, tuple[int, int]]:
    probes = [check.trial.shadow.probes for check in checks if check.trial.shadow]
    names = dict.fromkeys(name for counts in probes for name in counts)
    return {
        name: (min(counts.get(name, 0) for counts in probes), max(counts.get(name, 0) for counts in probes))
        for name in names
    }
