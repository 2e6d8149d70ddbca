"""Wait until nobody else works on the hosts, and then hold their leases, so that nobody comes in between.

All leases are taken or none: two runs that wait for each other's half would wait for ever.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from safedeploy.adapters.ansible.render import Renderer
from safedeploy.adapters.ssh import Answer, Refusal, Reply, why_not
from safedeploy.core import counted
from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.workflows.events import Phase, Status
from safedeploy.workflows.interrupt import Interrupt
from safedeploy.workflows.lease_keeper import LeaseKeeper
from safedeploy.workflows.leases import release_by_key
from safedeploy.workflows.session import Session

_LOOK = 1.0  # seconds between two looks
_BUSY = ("lease-held", "pending-exists")


@contextmanager
def alone(session: Session, seconds: float, reason: str = "") -> Iterator[None]:
    """Hold the leases of all hosts inside, after waiting for them at most `seconds`.

    Raises SafedeployError `lease-held` (exit code 5) when another run still has one at the end, `host-unreachable`.
    """
    renderer = Renderer(session.target.project, session.policy, session.inventory)
    sites = {host.name: renderer.site(host) for host in session.hosts}
    with Interrupt() as interrupt:
        try:
            tokens = _take(session, sites, seconds, reason)
            with LeaseKeeper(session, lambda: tokens):
                yield
        finally:
            with interrupt.shield():
                release_by_key(session, sites)


def _take(session: Session, sites: Mapping[str, Any], seconds: float, reason: str) -> dict[str, dict[str, Any]]:
    """The renew requests of the leases that were taken."""
    request = {
        "run": session.identity.run,
        "holder": session.identity.actor,
        "reason": reason,
        "command": session.command,
        "key": session.identity.key,
        "ttl": session.policy.rollout.lease_ttl,
    }
    end = time.monotonic() + seconds
    told: dict[str, str] = {}
    while True:
        replies = session.fleet.call("take-lease", {host: {"site": site, **request} for host, site in sites.items()})
        _require_answers(replies)
        busy = _busy(replies)
        if not busy:
            return {
                host: {"site": sites[host], "token": reply.result["token"]}
                for host, reply in replies.items()
                if isinstance(reply, Answer)
            }
        release_by_key(session, {host: site for host, site in sites.items() if host not in busy})
        while busy:
            _tell(session, busy, told)
            if time.monotonic() >= end:
                raise _still_busy(busy, seconds)
            time.sleep(min(_LOOK + random.random() / 2, max(0.0, end - time.monotonic())))  # noqa: S311 - no secret
            looks = {host: {"site": sites[host], **request, "look": True} for host in busy}
            busy = _busy(session.fleet.call("take-lease", looks))


def _busy(replies: Mapping[str, Reply]) -> dict[str, Refusal]:
    return {host: one for host, one in replies.items() if isinstance(one, Refusal) and one.code in _BUSY}


def _require_answers(replies: Mapping[str, Reply]) -> None:
    for host, reply in replies.items():
        if isinstance(reply, Answer) or (isinstance(reply, Refusal) and reply.code in _BUSY):
            continue
        code = ExitCode.REFUSED if isinstance(reply, Refusal) else ExitCode.UNREACHABLE
        raise SafedeployError(
            "host-unreachable",
            f"the lease of {host} cannot be taken: {why_not(reply)}",
            next_step=reply.next or f"Look at the host: safedeploy status ENV --limit {host}",
            exit_code=code,
        )


def _tell(session: Session, busy: Mapping[str, Refusal], told: dict[str, str]) -> None:
    """Say once who is waited for on each host, and again when that changes."""
    if not told:
        session.events.phase(Phase.WAIT, f"{counted.hosts(len(busy))} in use by another run")
    for host, refusal in busy.items():
        if told.get(host) != refusal.message:
            told[host] = refusal.message
            session.events.host(host, Phase.WAIT, Status.FAILED, refusal.message)


def _still_busy(busy: Mapping[str, Refusal], seconds: float) -> SafedeployError:
    lines = "\n".join(f"  {host}: {refusal.message}" for host, refusal in busy.items())
    held = [refusal for refusal in busy.values() if refusal.code == "lease-held"]
    return SafedeployError(
        "lease-held",
        f"after {seconds:g} s another run still works on {counted.hosts(len(busy))}:\n{lines}",
        next_step=(held or list(busy.values()))[0].next,
        exit_code=ExitCode.LEASE_HELD,
    )
