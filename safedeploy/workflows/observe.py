"""Read every host, in parallel, and change none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from safedeploy.adapters.ssh import Answer, Fleet, understood
from safedeploy.core import counted
from safedeploy.core.diff import MAX_DIFF_BYTES
from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.core.observed import Observed, observed_from_json
from safedeploy.core.tree import Tree, tree_to_json
from safedeploy.workflows.events import Phase, Status
from safedeploy.workflows.session import Session


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was read: hosts that answered, why the others did not, and what to do about each of those."""

    hosts: Mapping[str, Observed]
    missing: Mapping[str, str]
    advice: Mapping[str, str] = field(default_factory=dict)


def observe(
    session: Session,
    sites: Mapping[str, Mapping[str, Any]],
    desired: Mapping[str, Tree] | None = None,
    *,
    fleet: Fleet | None = None,
) -> Seen:
    """Ask every host of `sites` for its state; with `desired`, also for the live content that differs from it.

    `fleet`: these connections, where other hosts than those of the session are asked.
    """
    session.events.phase(Phase.OBSERVE, counted.hosts(len(sites)))
    requests = {
        host: {
            "site": site,
            "desired": tree_to_json(desired[host]) if desired is not None else None,
            "content": desired is not None,
            "max_bytes": MAX_DIFF_BYTES,
        }
        for host, site in sites.items()
    }
    found: dict[str, Observed] = {}
    missing: dict[str, str] = {}
    advice: dict[str, str] = {}
    for host, reply in (fleet or session.fleet).call("observe", requests).items():
        try:
            found[host] = understood(host, reply, observed_from_json)
        except ValueError as error:
            missing[host] = str(error)
            advice[host] = "" if isinstance(reply, Answer) else reply.next
        session.events.host(host, Phase.OBSERVE, Status.FAILED if host in missing else Status.OK, missing.get(host, ""))
    return Seen(hosts=found, missing=missing, advice=advice)


def require_all(seen: Seen) -> None:
    """Raise exit 9 when a host did not answer: a push to a part of the fleet must be asked for with --limit."""
    if not seen.missing:
        return
    lines = "\n".join(f"  {host}: {reason}" for host, reason in sorted(seen.missing.items()))
    count = len(seen.missing)
    raise SafedeployError(
        "host-unreachable",
        f"{count} of {counted.hosts(count + len(seen.hosts))} could not be read:\n{lines}",
        next_step=repair(seen),
        exit_code=ExitCode.UNREACHABLE,
    )


def repair(seen: Seen) -> str:
    """What to do about the hosts that could not be read."""
    steps = dict.fromkeys(step for step in seen.advice.values() if step)
    without = ":".join(f"!{host}" for host in sorted(seen.missing))
    return " ".join([*steps, f"Or leave out what cannot be read: --limit 'all:{without}'."])
