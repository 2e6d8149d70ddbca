"""Which hosts are out of service, and which of them may go back into it.

A run takes a host out of its load balancer before it changes it, and puts it back once the host is well. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from safedeploy.core.observed import Observed
from safedeploy.core.outcome import End, HostEnd
from safedeploy.core.trial import Hide

# The ends of hosts of which it is known that they serve what they should.
_WELL = frozenset({End.UNCHANGED, End.UNTOUCHED, End.CONFIRMED, End.REVERTED, End.HELD})


def to_put_back(ends: Mapping[str, HostEnd], seen: Mapping[str, Observed], run: str) -> tuple[str, ...]:
    """The hosts of `run` that are out of service although they are well; not those that another run works on now."""
    return tuple(
        host
        for host, end in ends.items()
        if end.end in _WELL and host in seen and seen[host].drained and not _anothers(seen[host], run)
    )


def _anothers(observed: Observed, run: str) -> bool:
    lease = observed.lease
    return lease is not None and not lease.get("expired") and lease.get("run") != run


def with_service(
    ends: Mapping[str, HostEnd], seen: Mapping[str, Observed], left: Mapping[str, str], environment: str
) -> dict[str, HostEnd]:
    """The ends, each host that is still out of service marked so, with why and what to do."""
    found = dict(ends)
    for host, end in ends.items():
        if host in left:
            steps = (
                f"Put {host} back into service in the load balancer, or repair what {left[host]!r} is about.",
                f"Then: safedeploy undrain {environment} --limit {host}",
            )
            found[host] = replace(end, drained=True, why=f"{end.why}; still out of service: {left[host]}", steps=steps)
        elif end.end not in _WELL and (one := seen.get(host)) is not None and one.drained:
            step = (
                f"It stays out of service meanwhile; once it is well: safedeploy undrain {environment} --limit {host}"
            )
            found[host] = replace(end, drained=True, steps=(*end.steps, step))
    return found


def told(seen: Iterable[Observed], environment: str) -> str | None:
    """One line about the hosts that a run left out of service; None when there is none."""
    out = [one for one in seen if one.drained is not None]
    if not out:
        return None
    named = ", ".join(one.host for one in out[:5]) + (f" and {len(out) - 5} more" if len(out) > 5 else "")
    since = min(str((one.drained or {}).get("since")) for one in out)
    return (
        f"out of service since {since}, as a run left it: {named} (safedeploy undrain {environment} puts back what is "
        "well)"
    )


def not_well(observed: Observed) -> str:
    """Why a host that is out of service has to stay so for now; empty when it may serve."""
    if observed.stranded is not None:
        return "it is stranded; repair it first"
    if observed.pending is not None and not observed.pending.held:
        return f"a change is pending there until {observed.pending.until}"
    if not observed.httpd.running:
        return "httpd does not run there"
    return ""


def left_out(
    answers: Mapping[str, Mapping[str, Any] | None], seen: Mapping[str, str], trouble: str, hide: Hide
) -> dict[str, str]:
    """`{host: why}` of those that did not answer that they are in service again."""
    left: dict[str, str] = {}
    for host, answer in answers.items():
        if answer is not None and answer.get("ok") is True:
            continue
        error = (answer or {}).get("error") or {}
        left[host] = hide(str(error.get("message") or seen.get(host) or trouble or "the tasks of undrain did not end"))
    return left
