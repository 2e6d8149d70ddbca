"""A backend that runs and cannot do its work, since what it depends on fails: it answers with errors, or far too late.

0.75 where it answers a plain question with a 5xx or not at all while trouble is there; 0.4 without trouble; 0.1 more
when error logs say so too; 0.35 less when there are many times the usual requests, 0.15 less when one client makes most
of them and the usual is not known, and 0.25 less when a file system of such a host is full.
"""

from __future__ import annotations

from safedeploy.core.diagnose import codes, wording
from safedeploy.core.diagnose.causes import disk, flood
from safedeploy.core.diagnose.causes.backend import weigh_lines
from safedeploy.core.diagnose.evidence import Evidence, Symptom
from safedeploy.core.diagnose.hypothesis import Cause, Hypothesis, Scale
from safedeploy.core.diagnose.seen import Backend

ID = "upstream"
TITLE = "a backend runs, and what it depends on does not"
SLOW, LATE = 1000.0, 2500.0  # ms


def judge(evidence: Evidence) -> Hypothesis:
    """By how backends answer a plain question, and by what proxies log."""
    scale = Scale()
    tried = [(host, one) for host, each in evidence.hosts.items() if each.seen for one in each.seen.backends]
    bad = [(host, one) for host, one in tried if _why(one)]
    hosts: tuple[str, ...] = ()
    if bad:
        first = bad[0][1]
        hosts = tuple(dict.fromkeys(host for host, one in bad if one.name == first.name))
        gain = 0.75 if evidence.trouble is not None else 0.4
        slow = first.state == "ok" and (first.status or 0) < 500
        late = (first.ms or 0.0) >= LATE
        if slow and not late and evidence.trouble is not None and evidence.trouble.symptom is not Symptom.SLOW:
            gain = 0.5
        scale.add(gain, f"{first.name} {_why(first)}, asked from {wording.hosts(hosts, evidence.every)}")
        weigh_lines(scale, evidence, codes.BACKEND_ANSWERS_BADLY)
        _weigh_flood(scale, evidence)
        room = next(((host, one, why) for host, one, why in disk.full(evidence) if host in hosts), None)
        if room is not None:
            scale.take(0.25, f"{room[1].path} of {room[0]} {room[2]}")
    elif found := codes.lines(evidence, codes.BACKEND_ANSWERS_BADLY):
        scale.add(0.4 if evidence.trouble is not None else 0.2, codes.said(found[0]))
        if tried:
            scale.take(0.05, "asked now, every backend answers in time")
    elif not evidence.looked:
        return Hypothesis(id=ID, title=TITLE, weight=None, against=("no host could be asked about its backends",))
    elif tried:
        scale.take(0.0, "every backend that answers does so in time and without an error")
    else:
        scale.take(0.0, "the configuration passes no requests on")
    name = bad[0][1].name if bad else "the backend"
    return scale.judged(
        ID, TITLE, hosts=hosts, next_step=f"See the log of {name} for what it waits for: a data base, another service."
    )


def _weigh_flood(scale: Scale, evidence: Evidence) -> None:
    """Take away what a flood explains: it makes every backend late."""
    times = flood.flooded(evidence)
    if times is not None:
        scale.take(0.35, f"there are {times:.0f} times as many requests as before")
    elif (client := flood.perhaps(evidence)) is not None:
        scale.take(0.15, f"{client.text} makes most requests, and it is not known how many are usual")


def _why(backend: Backend) -> str:
    """What is wrong with the answer of a backend that takes connections; empty when nothing is."""
    if backend.state == "mute":
        return "takes connections and answers nothing in time"
    if backend.state == "ok" and backend.status is not None and backend.status >= 500:
        return f"answers {backend.status} to a plain question"
    if backend.state == "ok" and backend.ms is not None and backend.ms >= SLOW:
        return f"takes {backend.ms / 1000:.1f} s for a plain question"
    return ""


CAUSE = Cause(id=ID, noun="what a backend depends on", judge=judge)
