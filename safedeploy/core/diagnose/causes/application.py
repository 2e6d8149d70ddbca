"""The application itself: a program that httpd starts, or FastCGI's, fails. 0.6 where the error log has its words."""

from __future__ import annotations

from safedeploy.core.diagnose import codes, timing
from safedeploy.core.diagnose.evidence import Evidence, Symptom
from safedeploy.core.diagnose.hypothesis import Cause, Hypothesis, Scale

ID = "application"
TITLE = "the application fails by itself"
_SAYINGS = (
    "End of script output before headers",
    "malformed header from script",
    "PHP Fatal error",
    "Premature end of script",
)


def judge(evidence: Evidence) -> Hypothesis:
    """By what the error log says."""
    lines = codes.lines(evidence, codes.PROGRAM, *_SAYINGS)
    scale = Scale()
    if not lines and evidence.window is None:
        return Hypothesis(id=ID, title=TITLE, weight=None, against=("no error log could be read",))
    if not lines:
        scale.take(0.0, "no error log has words of a program")
        return scale.judged(ID, TITLE)
    first = max(lines, key=lambda one: one.count)
    trouble = evidence.trouble
    scale.add(0.6 if trouble is not None and trouble.symptom is Symptom.ERRORS else 0.25, codes.said(first))
    timing.said_since(scale, evidence, first)
    failing = evidence.window.failing[:3] if evidence.window else ()
    for one in failing:
        scale.add(0.0, f"{one.server_errors} of {one.requests} requests for {one.text} failed")
    return scale.judged(
        ID,
        TITLE,
        hosts=first.hosts,
        next_step="Give the message to those who write the application; see its last release.",
    )


CAUSE = Cause(id=ID, noun="the application", judge=judge)
