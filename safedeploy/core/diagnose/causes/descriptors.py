"""Descriptors: each open file and each connection takes one.

0.75 where a process of httpd or the host has nearly all of its own in use, 0.75 where httpd says that it got none; both
are 0.9.
"""

from __future__ import annotations

from safedeploy.core.diagnose import codes
from safedeploy.core.diagnose.evidence import Evidence
from safedeploy.core.diagnose.hypothesis import Cause, Hypothesis, Scale

ID = "descriptors"
TITLE = "no descriptors are left"
_FULL = 0.95
_SAYINGS = ("(24)Too many open files", "(23)Too many open files in system", "Too many open files")


def judge(evidence: Evidence) -> Hypothesis:
    """By /proc, and by the error log."""
    known = {
        host: pair
        for host, one in evidence.hosts.items()
        if one.seen
        for pair in (one.seen.descriptors, one.seen.system_descriptors)
        if pair is not None and pair[1] > 0 and (pair is one.seen.descriptors or pair[0] >= _FULL * pair[1])
    }
    lines = codes.lines(evidence, (), *_SAYINGS)
    if not known and not lines:
        return Hypothesis(id=ID, title=TITLE, weight=None, against=("no host tells of its descriptors",))
    scale = Scale()
    short = tuple(host for host, (used, most) in known.items() if used >= _FULL * most)
    if short:
        used, most = known[short[0]]
        scale.add(0.75, f"on {short[0]} {used} of {most} are in use")
    if lines:
        scale.add(0.15 if short else 0.75, codes.said(lines[0]))
    if not scale.speaks_for:
        worst = max(known, key=lambda host: known[host][0] / known[host][1])
        scale.take(0.0, f"at most {known[worst][0]} of {known[worst][1]} are in use by a process of httpd")
    return scale.judged(
        ID,
        TITLE,
        hosts=short or (lines[0].hosts if lines else ()),
        next_step="Raise the limit (LimitNOFILE of the unit, or ulimit -n before apache2ctl) and restart httpd; each "
        "connection, log and proxied request takes one.",
    )


CAUSE = Cause(id=ID, noun="descriptors", judge=judge)
