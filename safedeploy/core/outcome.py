"""Where each host ended, decided from what the host itself recorded.

A host of a run is in exactly one of these ends:

    unchanged   nothing was to be done there
    untouched   something was to be done, but the run stopped before it; no live file was changed
    confirmed   on the new release, healthy, and known-good from now on
    reverted    back on its known-good, verified by the host
    held        on the new release and healthy, unconfirmed: a person decides (push --hold) before its window ends
    pending     changed and not confirmed: the run reverts it, or the host does at its deadline
    stranded    neither confirmed nor verified on known-good, or not readable: a person must look

Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from safedeploy.core.errors import ExitCode
from safedeploy.core.observed import Observed
from safedeploy.core.plan import HostPlan
from safedeploy.core.trial import Hide, ProbeVerdict, Trial, verdicts_from_json
from safedeploy.core.went_back import WentBack


class End(StrEnum):
    """Where a host is when the run is over."""

    UNCHANGED = "unchanged"
    UNTOUCHED = "untouched"
    CONFIRMED = "confirmed"
    REVERTED = "reverted"
    HELD = "held"
    PENDING = "pending"
    STRANDED = "stranded"


@dataclass(frozen=True, kw_only=True)
class HostEnd:
    """One host's end, why, and for a stranded one what to do by hand.

    `verdicts` are the requests that the live server answered worse after the switch, where that was why. `went_back`
    is what the revert of a reverted or stranded host did. `drained`: it is still out of its load balancer.
    """

    host: str
    end: End
    why: str
    release: str | None = None
    seconds: float | None = None
    steps: tuple[str, ...] = ()
    verdicts: tuple[ProbeVerdict, ...] = ()
    went_back: WentBack | None = None
    drained: bool = False


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What the host's agent answered in each phase of this run; None where it was not asked or did not answer."""

    prepare: Mapping[str, Any] | None = None
    preflight: Mapping[str, Any] | None = None
    activate: Mapping[str, Any] | None = None
    controller_health: Mapping[str, Any] | None = None
    traffic: Mapping[str, Any] | None = None
    take: Mapping[str, Any] | None = None
    confirm: Mapping[str, Any] | None = None
    revert: Mapping[str, Any] | None = None
    undrain: Mapping[str, Any] | None = None
    seen: str | None = None
    seen_last: str | None = None

    @property
    def cause(self) -> str | None:
        """The first thing that went wrong, in one sentence; None when nothing did."""
        asked = (self.prepare, self.preflight, self.activate, self.controller_health, self.traffic, self.confirm)
        for answer in asked:
            if answer is not None and not answer.get("ok", False):
                error = answer.get("error") or {}
                detail = error.get("detail") or {}
                return str(detail.get("cause") or error.get("message") or "failed without a reason")
        return self.seen

    def worse_live(self, hide: Hide) -> tuple[ProbeVerdict, ...]:
        """What the real server answered worse than before once the new release was live on it."""
        detail = ((self.activate or {}).get("error") or {}).get("detail") or {}
        return Trial(verdicts=verdicts_from_json(detail.get("verdicts"), hide)).regressions


def decide_end(*, plan: HostPlan, run: str, answers: Answers, after: Observed | None, hide: Hide = str) -> HostEnd:
    """Judge one host by the state that was read from it after the run; `after` is None when it could not be read.

    `hide` masks secrets in what the host said.
    """
    try:
        end = _decide(plan, run, answers, after, hide)
    except (TypeError, ValueError, AttributeError, KeyError, IndexError, OverflowError):
        # What the host answered on the way is not understood; what it recorded decides all the same.
        asked: dict[str, Mapping[str, Any]] = {
            phase: {} for phase in ("preflight", "activate") if getattr(answers, phase) is not None
        }
        known = Answers(
            preflight=asked.get("preflight"),
            activate=asked.get("activate"),
            seen="the host's answers are not understood",
        )
        end = _decide(plan, run, known, after, hide)
    end = with_revert(end, after, hide)
    return replace(end, why=hide(end.why), steps=tuple(hide(step) for step in end.steps))


def with_revert(end: HostEnd, after: Observed | None, hide: Hide) -> HostEnd:
    """The end of a host that went back, or was to, with what it recorded of that."""
    if after is None or after.went_back is None:
        return end
    if end.end is not (End.REVERTED if after.stranded is None else End.STRANDED):
        return end
    return replace(end, went_back=after.went_back.hidden(hide))


def _decide(plan: HostPlan, run: str, answers: Answers, after: Observed | None, hide: Hide) -> HostEnd:
    if not plan.verdict.acts:
        return HostEnd(host=plan.host, end=End.UNCHANGED, why=plan.reason, release=plan.current)
    if after is None:
        return _unreadable(plan, answers)
    if after.stranded is not None:
        steps = tuple(str(step) for step in after.stranded.get("steps") or ())
        return HostEnd(
            host=plan.host, end=End.STRANDED, why=str(after.stranded.get("cause")), release=after.current, steps=steps
        )
    if after.pending is not None and after.pending.run == run:
        return HostEnd(
            host=plan.host, end=End.PENDING, why=answers.cause or "not confirmed", release=after.pending.release
        )
    if after.reverted_run == run:
        return _reverted(plan, answers, after, hide)
    if after.run == run and after.current == plan.release == after.known_good:
        return HostEnd(
            host=plan.host,
            end=End.CONFIRMED,
            why="healthy and confirmed",
            release=after.current,
            seconds=_seconds(answers),
        )
    why = answers.cause or "the run stopped before this host"
    return HostEnd(host=plan.host, end=End.UNTOUCHED, why=why, release=after.current)


def _reverted(plan: HostPlan, answers: Answers, after: Observed, hide: Hide) -> HostEnd:
    why = answers.cause or after.reverted_cause or "reverted by the run"
    worse = answers.worse_live(hide)
    if worse:
        first = worse[0]
        more = f" (and {len(worse) - 1} more)" if len(worse) > 1 else ""
        why = f"the live server answered worse: {first.request}: {first.before} before, {first.after} after{more}"
    return HostEnd(
        host=plan.host,
        end=End.REVERTED,
        why=why,
        release=after.current,
        seconds=_seconds(answers),
        verdicts=worse,
    )


def _unreadable(plan: HostPlan, answers: Answers) -> HostEnd:
    why = "the host could not be reached after the run"
    if answers.activate is None and answers.preflight is None:
        return HostEnd(
            host=plan.host, end=End.UNTOUCHED, why=f"{why}; it had not been changed before", release=plan.current
        )
    steps = (
        "On the host: python3 -I -S /var/lib/safedeploy/agent/current status",
        "If that shows a pending release past its deadline: python3 -I -S /var/lib/safedeploy/agent/current revert",
    )
    return HostEnd(host=plan.host, end=End.STRANDED, why=why, release=None, steps=steps)


def _seconds(answers: Answers) -> float | None:
    """How long the host was at work: the steps of its activation, and of the revert in the same call."""
    answer = answers.activate or {}
    detail = (answer.get("error") or {}).get("detail") or {}
    steps = (answer.get("result") or detail).get("steps") or ()
    if not steps:
        return None
    return sum(float(step.get("seconds", 0.0)) for step in steps) + float(
        (detail.get("revert") or {}).get("seconds", 0.0)
    )


def hold(
    ends: Mapping[str, HostEnd], canary: Collection[str], seen: Mapping[str, Observed], *, error_budget: int
) -> Mapping[str, HostEnd] | None:
    """The ends of a run that leaves some hosts, its `canary`, for a person.

    None when any of these is not well, when more hosts went wrong than the budget allows, or when nothing waits: they
    then go back like every unconfirmed host.
    """
    held: dict[str, HostEnd] = {}
    for host in canary:
        pending = seen[host].pending if host in seen else None
        if ends[host].end is End.PENDING and pending is not None and pending.held:
            why = f"healthy, held for a person until {pending.until}"
            held[host] = replace(ends[host], end=End.HELD, why=why)
        elif ends[host].end is not End.CONFIRMED:
            return None
    if not held or _wrong(end for host, end in ends.items() if host not in held) > error_budget:
        return None
    waits = "waits for the decision on the canary"
    return {
        host: held.get(host) or (replace(end, why=waits) if end.end is End.UNTOUCHED else end)
        for host, end in ends.items()
    }


def canary(hosts: Sequence[str], batches: Sequence[int | str]) -> tuple[str, ...]:
    """The hosts of the first batch, as Ansible's `serial` counts them: a percentage is rounded down, to 1 at least."""
    size = batches[0] if batches else len(hosts)
    if isinstance(size, str):
        size = int(size.rstrip("%")) * len(hosts) // 100 if size.endswith("%") else int(size)
    return tuple(hosts[: max(1, size)])


def has_failed(ends: Mapping[str, HostEnd], *, error_budget: int, interrupted: bool) -> bool:
    """Whether a rollout counts as failed: interrupted, stopped before a host, or more hosts went wrong than allowed."""
    stopped = any(end.end is End.UNTOUCHED for end in ends.values())
    return interrupted or stopped or _wrong(ends.values()) > error_budget


def why_taken_back(ends: Mapping[str, HostEnd], *, cut_short: bool) -> str:
    """Why hosts that had confirmed go back; `ends` are those before that.

    `cut_short`: interrupted, or ended for a cause that is no host's, such as a lost lease. What is pending then was
    left, and has not failed.
    """
    left = End.PENDING if cut_short else None
    failed = _wrong(end for end in ends.values() if end.end is not left)
    cause = "another host failed" if failed else "the run was cut short"
    return f"taken back because {cause} (on_failure: revert-all)"


def _wrong(ends: Iterable[HostEnd]) -> int:
    """How many hosts went wrong."""
    return sum(end.end in (End.REVERTED, End.PENDING, End.STRANDED) for end in ends)


def exit_code(ends: Mapping[str, HostEnd], *, interrupted: bool) -> ExitCode:
    """The published exit code of a run that reached its rollout."""
    found = {end.end for end in ends.values()}
    if End.STRANDED in found or End.PENDING in found or any(end.drained for end in ends.values()):
        return ExitCode.STRANDED
    if interrupted:
        return ExitCode.INTERRUPTED
    if End.REVERTED in found or (End.UNTOUCHED in found and End.HELD not in found):
        return ExitCode.REVERTED
    return ExitCode.OK
