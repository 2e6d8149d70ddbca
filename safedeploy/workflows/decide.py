"""Carry out a person's decision on what is pending: confirm it after a look at the services, or take it back.

A confirmation goes by a playbook, as in a rollout, because it asks the services from here too. An abort goes straight
to the agents, as every revert does: it must work when Ansible does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from safedeploy.adapters.ansible.render import Probed, Renderer
from safedeploy.adapters.ssh import Answer, Refusal, Reply
from safedeploy.core import counted
from safedeploy.core.decision import Decision, Said, decided, decision_exit_code
from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.core.observed import Pending
from safedeploy.core.outcome import Answers, HostEnd, with_revert
from safedeploy.workflows.answers import read_answers
from safedeploy.workflows.bundle import write_decision
from safedeploy.workflows.events import Phase
from safedeploy.workflows.interrupt import Interrupt
from safedeploy.workflows.leases import release_by_key
from safedeploy.workflows.observe import Seen, observe
from safedeploy.workflows.playbook import run_playbook
from safedeploy.workflows.private_directory import private_directory
from safedeploy.workflows.session import Session
from safedeploy.workflows.tell_ends import tell_ends


@dataclass(frozen=True, kw_only=True)
class DecisionResult:
    """How a decision ended on every host on which something was pending."""

    run: str
    environment: str
    decision: Decision
    ends: Mapping[str, HostEnd]
    code: ExitCode
    interrupted: bool = False


@dataclass(frozen=True, kw_only=True)
class Undecided:
    """What is pending, and what is known of every host."""

    probed: Mapping[str, Probed]
    seen: Seen
    pending: Mapping[str, Pending] = field(default_factory=dict)


def undecided(session: Session) -> Undecided:
    """Read every host, and find what is pending there."""
    renderer = Renderer(session.target.project, session.policy, session.inventory)
    probed = {host.name: renderer.probed(host) for host in session.hosts}
    session.know(secret for one in probed.values() for secret in one.secrets)
    seen = observe(session, {host: item.site for host, item in probed.items()})
    pending = {host: one.pending for host, one in seen.hosts.items() if one.pending is not None}
    return Undecided(probed=probed, seen=seen, pending=pending)


def require_pending(found: Undecided, environment: str) -> None:
    """Raise `nothing-pending` (exit code 4), with what became of it on each host."""
    if found.pending:
        return
    lines = [
        f"  {host}: on {one.current or 'no release yet'}"
        + (f"; reverted: {one.reverted_cause}" if one.reverted_cause else "")
        + (f"; STRANDED, with steps in `status`: {one.stranded.get('cause')}" if one.stranded else "")
        for host, one in found.seen.hosts.items()
    ]
    raise SafedeployError(
        "nothing-pending",
        "nothing is pending on any host:\n" + "\n".join(lines),
        next_step=f"safedeploy status {environment}; what has been reverted is pushed again with safedeploy push.",
        exit_code=ExitCode.REFUSED,
    )


def decide(session: Session, found: Undecided, decision: Decision, reason: str) -> DecisionResult:
    """Confirm or abort everything that `found` has pending. Raises SafedeployError when Ansible cannot run."""
    work = _confirm if decision is Decision.CONFIRM else _abort
    sites = {host: found.probed[host].site for host in found.pending}
    with Interrupt() as interrupt:
        interrupt.only_note()
        try:
            said = work(session, found, reason, interrupt)
        finally:
            release_by_key(session, sites)
        after = observe(session, sites)
    ends = {
        host: with_revert(decided(host, one, said[host], after.hosts.get(host)), after.hosts.get(host), session.hide)
        for host, one in found.pending.items()
    }
    tell_ends(session, ends.values())
    return DecisionResult(
        run=session.identity.run,
        environment=session.target.environment,
        decision=decision,
        ends=ends,
        code=decision_exit_code(decision, ends, said, interrupted=interrupt.requested),
        interrupted=interrupt.requested,
    )


def _confirm(session: Session, found: Undecided, reason: str, interrupt: Interrupt) -> dict[str, Said]:
    hosts = list(found.pending)
    session.events.phase(Phase.SETTLE, f"confirming {counted.hosts(len(hosts))}")
    with private_directory() as directory:
        write_decision(session, directory, found.probed, found.pending, reason)
        run_playbook(
            session, "confirm.yml", directory, hosts, phase=Phase.SETTLE, cancelled=lambda: interrupt.requested
        )
        return {host: _said_in(session, directory, host) for host in hosts}


def _said_in(session: Session, directory: Path, host: str) -> Said:
    answers: Answers = read_answers(directory, host)
    for answer in (answers.take, answers.controller_health, answers.confirm):
        if answer is not None and not answer.get("ok", False):
            error = answer.get("error") or {}
            detail = error.get("detail") or {}
            cause = str(detail.get("cause") or error.get("message") or "refused")
            steps = tuple(session.hide(str(step)) for step in detail.get("steps") or ())
            return Said(code=str(error.get("code")), cause=session.hide(cause), steps=steps)
    if answers.confirm is None:
        seen = answers.seen or "no answer"
        return Said(code="unreachable" if seen.startswith("unreachable") else "failed", cause=session.hide(seen))
    return Said()


def _abort(session: Session, found: Undecided, reason: str, _interrupt: Interrupt) -> dict[str, Said]:
    hosts = list(found.pending)
    session.events.phase(Phase.SETTLE, f"reverting {counted.hosts(len(hosts))}")
    identity = session.identity
    takes = {
        host: {
            "site": found.probed[host].site,
            "run": identity.run,
            "holder": identity.actor,
            "reason": reason,
            "command": session.command,
            "key": identity.key,
            "ttl": session.policy.rollout.lease_ttl,
            "activation": one.activation,
        }
        for host, one in found.pending.items()
    }
    taken = session.fleet.call("take-lease", takes, fresh=True)
    said = {host: _said(reply) for host, reply in taken.items()}
    reverts = {
        host: {
            "site": found.probed[host].site,
            "token": reply.result["token"],
            "run": identity.run,
            "actor": identity.actor,
            "activation": found.pending[host].activation,
            "reason": f"{identity.actor} aborted it" + (f": {reason}" if reason else ""),
        }
        for host, reply in taken.items()
        if isinstance(reply, Answer)
    }
    return {**said, **{host: _said(reply) for host, reply in session.fleet.call("revert", reverts).items()}}


def _said(reply: Reply) -> Said:
    if isinstance(reply, Answer):
        return Said()
    if isinstance(reply, Refusal):
        steps = tuple(str(step) for step in reply.detail.get("steps") or ())
        return Said(code=reply.code, cause=reply.message, steps=steps)
    return Said(code="unreachable", cause=reply.reason)
