"""Memory: 0.6 where less than 3 % is left, 0.3 more where processes died of it or could get none."""

from __future__ import annotations

from safedeploy.core.diagnose import codes, wording
from safedeploy.core.diagnose.evidence import Evidence
from safedeploy.core.diagnose.hypothesis import Cause, Hypothesis, Scale
from safedeploy.core.diagnose.seen import HostSeen

ID = "memory"
TITLE = "no memory is left"
_LEAST = 0.03
_SAYINGS = ("Cannot allocate memory", "Out of memory", "signal Killed", "exit signal Killed")


def judge(evidence: Evidence) -> Hypothesis:
    """By what the kernel says is available, and by the error log."""
    known = {host: left for host, one in evidence.hosts.items() if one.seen and (left := _left(one.seen)) is not None}
    lines = codes.lines(evidence, (), *_SAYINGS)
    if not known and not lines:
        return Hypothesis(id=ID, title=TITLE, weight=None, against=("no host tells of its memory",))
    scale = Scale()
    short = tuple(host for host, left in known.items() if left < _LEAST)
    if short:
        scale.add(0.6, f"on {short[0]} {wording.share(known[short[0]])} of the memory is left")
    if lines:
        scale.add(0.3 if short else 0.55, codes.said(lines[0]))
    if not scale.speaks_for:
        least = min(known, key=lambda host: known[host])
        scale.take(0.0, f"at least {wording.share(known[least])} is left on each host")
    return scale.judged(
        ID,
        TITLE,
        hosts=short or (lines[0].hosts if lines else ()),
        next_step="See which processes have it (`ps --sort=-rss`); fewer workers need less (MaxRequestWorkers).",
    )


def _left(seen: HostSeen) -> float | None:
    if not seen.memory_total or seen.memory_available is None:
        return None
    return seen.memory_available / seen.memory_total


CAUSE = Cause(id=ID, noun="memory", judge=judge)
