"""Take leases away from runs that will not give them back. The hosts refuse those runs' tokens from then on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from safedeploy.adapters.ansible.render import Renderer
from safedeploy.adapters.ssh import Answer, Refusal, Reply
from safedeploy.core.errors import ExitCode
from safedeploy.workflows.observe import Seen, observe
from safedeploy.workflows.session import Session


@dataclass(frozen=True, kw_only=True)
class Leases:
    """Who holds what: `held` is `{host: lease}` as the hosts tell it, expired ones too, since they still serve."""

    sites: Mapping[str, Any]
    seen: Seen
    held: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Unlocked:
    """What became of one host's lease: taken away, or why not."""

    host: str
    done: bool
    text: str
    code: str | None = None
    next: str = ""


def find(session: Session) -> Leases:
    """Read every host's lease."""
    renderer = Renderer(session.target.project, session.policy, session.inventory)
    sites = {host.name: renderer.site(host) for host in session.hosts}
    seen = observe(session, sites)
    return Leases(sites=sites, seen=seen, held={host: one.lease for host, one in seen.hosts.items() if one.lease})


def unlock(session: Session, found: Leases, reason: str) -> dict[str, Unlocked]:
    """Take away exactly the leases in `found`, and no other that was taken since."""
    requests = {
        host: {
            "site": found.sites[host],
            "actor": session.identity.actor,
            "run": session.identity.run,
            "reason": reason,
            "holder_run": lease["run"],
        }
        for host, lease in found.held.items()
    }
    return {host: _judged(host, reply) for host, reply in session.fleet.call("unlock", requests).items()}


def _judged(host: str, reply: Reply) -> Unlocked:
    if isinstance(reply, Answer):
        done = reply.result.get("outcome") == "unlocked"
        return Unlocked(host=host, done=True, text="taken away" if done else "it had been given back meanwhile")
    if isinstance(reply, Refusal):
        return Unlocked(host=host, done=False, text=reply.message, code=reply.code, next=reply.next)
    return Unlocked(host=host, done=False, text=reply.reason, code="unreachable", next=reply.next)


def exit_code(done: Mapping[str, Unlocked], found: Leases) -> ExitCode:
    """0 when nobody holds a lease any more, 4 when a host refused, 9 when only unreachable hosts are left."""
    codes = {one.code for one in done.values() if not one.done}
    if codes - {"unreachable"}:
        return ExitCode.LEASE_HELD if codes == {"lease-held"} else ExitCode.REFUSED
    return ExitCode.UNREACHABLE if codes or found.seen.missing else ExitCode.OK
