"""Put back what was deployed: a push of each drifted host's known-good release, planned. workflows/push.py does it."""

from __future__ import annotations

from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.workflows import observe, planning, rollback
from safedeploy.workflows.desired import Desired
from safedeploy.workflows.drift import Found
from safedeploy.workflows.observe import Seen
from safedeploy.workflows.planning import FleetPlan
from safedeploy.workflows.session import Session


def put_back(session: Session, found: Found) -> tuple[FleetPlan, dict[str, Desired]] | None:
    """The plan, and what each host should have; None when no host has drift that a push puts right.

    Raises SafedeployError: `drift-not-rendered`, those of a rollback, and when a host does not answer any more.
    """
    hosts = [host for host, drifted in found.drift.hosts.items() if any(item.fixable for item in drifted.items)]
    if not hosts:
        return None
    if found.desired is None:
        raise SafedeployError(
            "drift-not-rendered",
            f"without the project it is not known how to ask the sites, nor what is secret: {found.drift.unrendered}",
            next_step="Correct the project (or give --facts), then run the command again.",
            exit_code=ExitCode.INVALID,
        )
    first = Seen(hosts={host: found.seen[host].observed for host in hosts}, missing={})
    present = {host: found.desired[host] for host in hosts}
    releases = {host: str(found.drift.hosts[host].known_good) for host in hosts}
    wanted = rollback.stored(session, present, first, releases)
    sites = {host: item.site for host, item in wanted.items()}
    seen = observe.observe(session, sites, {host: item.tree.entries for host, item in wanted.items()})
    observe.require_all(seen)
    return planning.make_plan(session, wanted, seen), wanted
