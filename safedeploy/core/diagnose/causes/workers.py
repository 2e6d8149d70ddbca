"""Workers: httpd works on as many requests as it may, and the others wait.

0.8 where nearly all are busy now or connections are not taken up, 0.5 where only the error log says so. Less where
something else keeps them busy: a backend that does not answer (0.35), or many times the usual requests (0.2).
"""

from __future__ import annotations

from safedeploy.core.diagnose import codes, wording
from safedeploy.core.diagnose.causes import flood
from safedeploy.core.diagnose.evidence import Evidence
from safedeploy.core.diagnose.hypothesis import Cause, Hypothesis, Scale
from safedeploy.core.diagnose.seen import HostSeen

ID = "workers"
TITLE = "no workers are left"
_FULL = 0.95
_WAITING = ("mute", "timeout")


def judge(evidence: Evidence) -> Hypothesis:
    """By the status page, the queues of the listening sockets and the error log."""
    seen = {host: one.seen for host, one in evidence.hosts.items() if one.seen is not None and one.seen.running}
    lines = codes.lines(evidence, codes.NO_WORKERS)
    full = tuple(host for host, one in seen.items() if _is_full(one))
    scale = Scale()
    if full:
        scale.add(0.8 if evidence.trouble is not None else 0.45, _told(full[0], seen[full[0]]))
        if len(full) > 1:
            scale.add(0.0, f"the same on {wording.hosts(full[1:])}")
        _held_by_one(scale, full, seen)
    if lines:
        scale.add(0.1 if full else 0.5, codes.said(lines[0]))
    if not scale.speaks_for:
        known = [one for one in seen.values() if one.workers.busy is not None and one.workers.limit]
        if known:
            most = max(known, key=lambda one: (one.workers.busy or 0) / (one.workers.limit or 1))
            scale.take(0.0, f"at most {most.workers.busy} of {most.workers.limit} are busy")
        elif seen:
            most = max(seen.values(), key=lambda one: one.workers.connections)
            scale.take(0.0, f"at most {most.workers.connections} connections are open, {most.workers.limit} may be")
        else:
            return Hypothesis(id=ID, title=TITLE, weight=None, against=("no httpd that runs could be asked",))
        return scale.judged(ID, TITLE)
    _kept_busy(scale, evidence)
    return scale.judged(
        ID,
        TITLE,
        hosts=full or lines[0].hosts,
        next_step="See what they work on (server-status, ExtendedStatus On); more of them help only where memory and "
        "backends can serve more.",
    )


def _is_full(seen: HostSeen) -> bool:
    limit = seen.workers.limit
    if limit and seen.workers.busy is not None and seen.workers.busy >= _FULL * limit:
        return True
    return bool(seen.silent_ports and limit and seen.workers.connections + seen.waiting >= 0.9 * limit)


def _told(host: str, seen: HostSeen) -> str:
    waiting = f", and {seen.waiting} connections wait" if seen.waiting else ""
    if seen.workers.busy is not None:
        return f"on {host} {seen.workers.busy} of {seen.workers.limit} workers are busy{waiting}"
    return (
        f"on {host} {seen.workers.connections} connections are open, {seen.workers.limit} may be worked on, and no new "
        f"one is answered{waiting}"
    )


def _held_by_one(scale: Scale, full: tuple[str, ...], seen: dict[str, HostSeen]) -> None:
    """A client that holds many connections: one that asks slowly, or never."""
    for host in full:
        client, number = seen[host].clients[0] if seen[host].clients else ("", 0)
        if number >= 0.5 * (seen[host].workers.limit or 1):
            scale.add(0.1, f"{client} holds {number} of the connections of {host}")
            return


def _kept_busy(scale: Scale, evidence: Evidence) -> None:
    bad = [
        one
        for each in evidence.hosts.values()
        if each.seen
        for one in each.seen.backends
        if one.state in _WAITING or (one.ms or 0) >= 1000
    ]
    if bad:
        scale.take(0.35, f"they wait for the backend {bad[0].name}")
        return
    times = flood.flooded(evidence)
    if times is not None:
        scale.take(0.2, f"there are {times:.0f} times as many requests as before")


CAUSE = Cause(id=ID, noun="too few workers", judge=judge)
