"""A flood of requests: many times the usual number, of one client, one program, for one path, or of many at once.

Only against the usual: 0.4 for three times as much, 0.7 for ten times; 0.15 more when one client makes most of it, and
0.1 when workers run out. A backend that fails takes 0.35 away: clients try again when they get errors.
"""

from __future__ import annotations

from math import log10

from safedeploy.core.diagnose import codes, wording
from safedeploy.core.diagnose.evidence import Evidence, Symptom
from safedeploy.core.diagnose.hypothesis import Cause, Hypothesis, Scale
from safedeploy.core.log_window import LogWindow, Often

ID = "flood"
TITLE = "a flood of requests"
MANY = 3.0
_LATELY = 300.0
# A backend that is there and late may be what the flood has made of it.
_RUNS = ("ok", "mute")
_SHORTEST, _FEWEST = 120.0, 20
_MOST_OF_ALL = 0.3


def judge(evidence: Evidence) -> Hypothesis:
    """By the rate of requests before and since."""
    window = evidence.window
    if window is None:
        return Hypothesis(id=ID, title=TITLE, weight=None, against=("no access log could be read",))
    before, now, usual_known = rates(evidence, window)
    scale = Scale()
    if not usual_known:
        scale.take(0.0, f"{now:.1f} requests a second; what is usual is not known from these logs")
        _one_client(scale, window, 0.1)
        return scale.judged(ID, TITLE, next_step=_next(window))
    times = now / max(before, 1 / 60)
    if times < MANY:
        scale.take(0.0, f"{now:.1f} requests a second, {before:.1f} before")
        return scale.judged(ID, TITLE)
    suffers = evidence.trouble is not None
    gain = min(0.8, 0.4 + 0.6 * log10(times / MANY))
    scale.add(
        gain if suffers else min(0.5, gain), f"{now:.1f} requests a second, {times:.0f} times the {before:.1f} before"
    )
    _one_client(scale, window, 0.15)
    if codes.lines(evidence, codes.NO_WORKERS):
        scale.add(0.1, "workers have run out")
    if evidence.trouble is not None and evidence.trouble.symptom is not Symptom.REFUSALS:
        _not_by_itself(scale, evidence)
    return scale.judged(ID, TITLE, hosts=tuple(evidence.hosts), next_step=_next(window))


def rates(evidence: Evidence, window: LogWindow) -> tuple[float, float, bool]:
    """Requests a second before and since the trouble began, or lately; and whether enough is known of before."""
    trouble = evidence.trouble
    began = trouble.began if trouble is not None and trouble.began is not None else window.until - _LATELY
    ended = trouble.ended if trouble is not None and trouble.ended is not None else window.until
    steps = window.series
    if not steps:
        return 0.0, 0.0, False
    first = steps[0].start
    before = [one.requests for one in steps if one.start < began]
    since = [one.requests for one in steps if began <= one.start < ended]
    usual = sum(before) / max(1.0, began - first)
    known = began - first >= _SHORTEST and sum(before) >= _FEWEST
    return usual, sum(since) / max(window.step, ended - began), known


def most_of(window: LogWindow, often: tuple[Often, ...]) -> Often | None:
    """What makes a good part of all requests."""
    first = often[0] if often else None
    return first if first is not None and first.requests >= max(_FEWEST, _MOST_OF_ALL * window.requests) else None


def _one_client(scale: Scale, window: LogWindow, gain: float) -> None:
    client = most_of(window, window.top_clients)
    if client is not None and window.clients.number > 1:
        scale.add(gain, f"{client.text} makes {wording.share(client.requests / window.requests)} of all requests")
        for what, often in (("by", window.top_agents), ("for", window.top_paths)):
            found = most_of(window, often)
            if found is not None:
                scale.add(0.0, f"{wording.share(found.requests / window.requests)} are {what} {found.text[:80]}")


def flooded(evidence: Evidence) -> float | None:
    """How many times the usual requests there are, where that is many."""
    if evidence.window is None:
        return None
    before, now, known = rates(evidence, evidence.window)
    times = now / max(before, 1 / 60)
    return times if known and times >= MANY else None


def perhaps(evidence: Evidence) -> Often | None:
    """The client that makes most requests, where it is not known how many requests are usual."""
    window = evidence.window
    if window is None or rates(evidence, window)[2] or window.clients.number <= 1:
        return None
    first = most_of(window, window.top_clients)
    return first if first is not None and first.requests > window.requests / 2 else None


def _not_by_itself(scale: Scale, evidence: Evidence) -> None:
    bad = [one for each in evidence.hosts.values() if each.seen for one in each.seen.backends if one.state not in _RUNS]
    if bad:
        scale.take(0.35, f"the backend {bad[0].name} fails, and clients try again when they get errors")


def _next(window: LogWindow) -> str:
    client = most_of(window, window.top_clients)
    if client is not None:
        return f"Keep {client.text} away at the firewall or the balancer, or slow it down; see what it wants first."
    return "See at the balancer or the firewall where it comes from; serve from a cache what can be."


CAUSE = Cause(id=ID, noun="a flood of requests", judge=judge)
