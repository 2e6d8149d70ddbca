"""After the rollout, however it ended: read the true state of every host, and put back what must go back.

The playbooks' own result is not trusted here: Ansible may have been killed, and an unreachable host skips its rescue.
The hosts' records decide. Reverts go over fresh connections straight to the agent, because this must work when Ansible
does not; playbooks/revert.yml does the same for people who run the playbooks by themselves.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from safedeploy.adapters.ssh import Refusal, Reply, Unreachable
from safedeploy.core import counted
from safedeploy.core.observed import Observed
from safedeploy.core.outcome import End, HostEnd, decide_end, has_failed, hold, why_taken_back, with_revert
from safedeploy.core.plan import HostPlan
from safedeploy.core.policy import OnFailure
from safedeploy.core.service import not_well, to_put_back, with_service
from safedeploy.core.trial import Hide
from safedeploy.workflows.answers import read_answers, token_of
from safedeploy.workflows.events import Phase, Status
from safedeploy.workflows.observe import Seen, observe
from safedeploy.workflows.session import Session
from safedeploy.workflows.undrain import put_back

_GRACE = 3.0  # seconds after the confirm window within which a host has put itself back


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """What is being settled. `hide` masks secrets in what the hosts said; `cut_short` as in core/outcome.py."""

    directory: Path
    plans: Mapping[str, HostPlan]
    interrupted: bool
    cut_short: bool
    canary: tuple[str, ...] = ()
    hide: Hide = str


def settle(session: Session, rollout: Rollout) -> dict[str, HostEnd]:
    """The end of every host: read, revert what must go back, and read again."""
    session.events.phase(Phase.SETTLE, counted.hosts(len(rollout.plans)))
    seen = _read(session, rollout, list(rollout.plans))
    ends = _judge(session, rollout, seen)
    held = None
    if rollout.canary and not rollout.interrupted:
        held = hold(ends, rollout.canary, seen.hosts, error_budget=session.policy.rollout.error_budget)
    if held is None:
        back = _to_take_back(session, rollout, seen, ends)
    else:
        ends = dict(held)
        back = _unconfirmed(seen, ends)
    ends = _after_reverts(session, rollout, ends, back)
    if session.policy.rollout.undrain is not None:
        ends = _with_service(session, rollout, ends, seen)
    for end in ends.values():
        bad = end.end in (End.STRANDED, End.PENDING)
        session.events.host(end.host, Phase.SETTLE, Status.FAILED if bad else Status.OK, end.end.value)
    return ends


def _with_service(session: Session, rollout: Rollout, ends: dict[str, HostEnd], before: Seen) -> dict[str, HostEnd]:
    """Put back into service what is well, and mark what stays out of it. `before` is what was read at first."""
    seen = {**before.hosts, **observe(session, _sites(rollout.directory)).hosts}
    hosts = to_put_back(ends, seen, session.identity.run)
    ill = {host: why for host in hosts if (why := not_well(seen[host]))}
    well = [host for host in hosts if host not in ill]
    left = put_back(session, rollout.directory, well) if well else {}
    return with_service(ends, seen, {**ill, **left}, session.target.environment)


def _unconfirmed(seen: Seen, ends: Mapping[str, HostEnd]) -> dict[str, str]:
    """`{host: activation}` of what was changed and not confirmed."""
    return {
        host: pending.activation
        for host, end in ends.items()
        if end.end is End.PENDING and (pending := seen.hosts[host].pending) is not None
    }


def _to_take_back(session: Session, rollout: Rollout, seen: Seen, ends: Mapping[str, HostEnd]) -> dict[str, str]:
    """`{host: activation}`: what nobody confirmed and, by policy, what this very run confirmed before it failed.

    A host on which the run had no file to change has no activation of this run, and nothing to take back.
    """
    back = _unconfirmed(seen, ends)
    policy = session.policy.rollout
    failed = has_failed(ends, error_budget=policy.error_budget, interrupted=rollout.interrupted)
    if failed and policy.on_failure is OnFailure.REVERT_ALL:
        for host, end in ends.items():
            last = seen.hosts.get(host)
            if end.end is End.CONFIRMED and last and last.last_activation and last.last_run == session.identity.run:
                back[host] = last.last_activation
    return back


def _read(session: Session, rollout: Rollout, hosts: list[str]) -> Seen:
    """Observe; a host that was changed and does not answer is asked again until it must have put itself back."""
    sites = _sites(rollout.directory)
    seen = observe(session, {host: sites[host] for host in hosts})
    changed = [host for host in seen.missing if _was_changed(rollout.directory, host)]
    deadline = time.monotonic() + session.policy.rollout.confirm_window + _GRACE
    while changed and time.monotonic() < deadline:
        time.sleep(1.0)
        again = observe(session, {host: sites[host] for host in changed})
        seen = Seen(
            hosts={**seen.hosts, **again.hosts},
            missing={**{host: why for host, why in seen.missing.items() if host not in changed}, **again.missing},
        )
        changed = [host for host in changed if host in seen.missing]
    return seen


def _was_changed(directory: Path, host: str) -> bool:
    return read_answers(directory, host).preflight is not None


def _judge(session: Session, rollout: Rollout, seen: Seen) -> dict[str, HostEnd]:
    return {
        host: decide_end(
            plan=plan,
            run=session.identity.run,
            answers=read_answers(rollout.directory, host),
            after=seen.hosts.get(host),
            hide=rollout.hide,
        )
        for host, plan in rollout.plans.items()
    }


def _after_reverts(
    session: Session, rollout: Rollout, ends: dict[str, HostEnd], back: Mapping[str, str]
) -> dict[str, HostEnd]:
    if not back:
        return ends
    bundle = json.loads((rollout.directory / "bundle.json").read_text())
    requests = {
        host: {
            "site": bundle["hosts"][host]["site"],
            "token": token_of(rollout.directory, host),
            "run": session.identity.run,
            "actor": session.identity.actor,
            "activation": activation,
            "health": bundle["hosts"][host]["health"],
        }
        for host, activation in back.items()
    }
    for host in back:
        session.events.host(host, Phase.SETTLE, Status.RUNNING, "reverting")
    replies = session.fleet.call("revert", requests, fresh=True)
    seen = _read(session, rollout, list(back))
    result = dict(ends)
    whole = why_taken_back(ends, cut_short=rollout.cut_short)
    for host in back:
        after = seen.hosts.get(host)
        result[host] = with_revert(_reverted(session, ends[host], replies[host], after, whole), after, rollout.hide)
    return result


def _reverted(session: Session, before: HostEnd, reply: Reply, after: Observed | None, whole: str) -> HostEnd:
    """The end of a host that was asked to revert, by what it has recorded of this run's revert.

    `whole` is why a host goes back that was well itself.
    """
    why = before.why if before.end is End.PENDING else whole
    if (
        after is not None
        and after.reverted_run == session.identity.run
        and after.pending is None
        and not after.stranded
    ):
        return replace(before, end=End.REVERTED, why=why, release=after.current, steps=())
    if isinstance(reply, Refusal):
        steps = tuple(str(step) for step in reply.detail.get("steps") or ())
        cause = reply.message
    else:
        steps = (f"safedeploy status {session.target.environment} --limit {before.host}",)
        cause = reply.reason if isinstance(reply, Unreachable) else "the revert could not be verified"
    return HostEnd(host=before.host, end=End.STRANDED, why=cause, release=after.current if after else None, steps=steps)


def _sites(directory: Path) -> dict[str, Any]:
    hosts = json.loads((directory / "bundle.json").read_text())["hosts"]
    return {host: item["site"] for host, item in hosts.items()}
