"""The network between hosts and what they need: names without an address, connections without an answer, or reset.

0.75 where a backend cannot be reached and trouble is there, 0.45 without; hosts that cannot be reached from here at all
are 0.6. Segments that are sent again are 0.2 at most: a little of that is always.
"""

from __future__ import annotations

from safedeploy.core.diagnose import codes, wording
from safedeploy.core.diagnose.causes.backend import weigh_change, weigh_lines
from safedeploy.core.diagnose.evidence import Evidence
from safedeploy.core.diagnose.hypothesis import Cause, Hypothesis, Scale

ID = "network"
TITLE = "the network between hosts and backends"
_STATES = {
    "dns": "the name of {name} is not resolved",
    "timeout": "{name} does not answer the attempt to connect",
    "unreachable": "there is no way to {name}",
    "reset": "connections to {name} are reset",
    "no-ports": "there is no local port left for connections to {name}",
}
_MOST_AGAIN, _ENOUGH_SENT = 0.05, 200
_FULL = 0.95


def judge(evidence: Evidence) -> Hypothesis:
    """By the attempts to connect, by the hosts that are gone, and by the counters of the kernel."""
    scale = Scale()
    bad = [
        (host, one)
        for host, each in evidence.hosts.items()
        if each.seen
        for one in each.seen.backends
        if one.state in _STATES
    ]
    hosts: tuple[str, ...] = ()
    step = "See whether the address can be reached from the host, and what lies between: routes, filters, names."
    if bad:
        first = bad[0][1]
        hosts = tuple(dict.fromkeys(host for host, one in bad if one.name == first.name))
        text = _STATES[first.state].format(name=first.name)
        where = f", named at {first.place}" if first.place else ""
        gain = 0.75 if evidence.trouble is not None else 0.45
        scale.add(gain, f"{text} from {wording.hosts(hosts, evidence.every)} ({first.why}){where}")
        weigh_lines(scale, evidence, codes.NO_BACKEND | codes.BACKEND_ANSWERS_BADLY)
        well = [host for host in evidence.hosts if host not in hosts]
        if well:
            scale.add(0.02, f"from {wording.hosts(well)} it can be reached")
        weigh_change(scale, evidence, first.place)
        if first.state == "dns":
            step = "See /etc/resolv.conf of these hosts and whether its servers answer: `getent hosts NAME`."
    cut = [host for host, one in evidence.gone.items() if one.ports and not any(one.ports.values())]
    if cut:
        hosts = (*hosts, *cut)
        scale.add(0.6, f"{wording.hosts(cut, evidence.every)} takes no connection from here at all: off, or cut off")
    for host, one in evidence.hosts.items():
        full = one.seen.conntrack if one.seen else None
        if full and full[1] and full[0] >= _FULL * full[1]:
            scale.add(
                0.5, f"the packet filter of {host} tracks {full[0]} of {full[1]} connections: new ones are dropped"
            )
    again = [(host, part) for host in evidence.hosts if (part := _again(evidence, host)) is not None]
    worst = max(again, key=lambda one: one[1], default=None)
    if worst is not None and worst[1] >= _MOST_AGAIN:
        scale.add(0.2, f"{worst[0]} sent {wording.share(worst[1])} of its segments again")
    if not scale.speaks_for and not evidence.looked:
        return Hypothesis(id=ID, title=TITLE, weight=None, against=("no host could be asked about its connections",))
    if not scale.speaks_for:
        tried = any(one.seen and one.seen.backends for one in evidence.hosts.values())
        scale.take(0.0, "every backend can be reached, and every host" if tried else "every host can be reached")
    return scale.judged(ID, TITLE, hosts=hosts, next_step=step)


def _again(evidence: Evidence, host: str) -> float | None:
    """Which share of the segments that a host sent while it was asked it had sent before."""
    seen = evidence.hosts[host].seen
    if seen is None or seen.sent is None or seen.retransmitted is None or seen.sent < _ENOUGH_SENT:
        return None
    return seen.retransmitted / seen.sent


CAUSE = Cause(id=ID, noun="the network", judge=judge)
