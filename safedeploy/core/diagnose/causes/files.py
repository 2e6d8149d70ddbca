"""Files that httpd may not read: permissions of a directory, a file, or an .htaccess.

0.6 where the error log says so, 0.2 more when visitors get errors since about then.
"""

from __future__ import annotations

from safedeploy.core.diagnose import codes, timing
from safedeploy.core.diagnose.evidence import Evidence
from safedeploy.core.diagnose.hypothesis import Cause, Hypothesis, Scale

ID = "files"
TITLE = "httpd may not read what it is to serve"
_SAYINGS = ("(13)Permission denied",)
_OTHERS = ("(24)", "(23)", "(28)", "(30)")


def judge(evidence: Evidence) -> Hypothesis:
    """By what the error log says."""
    # Where there are no descriptors or no room left, nothing can be opened either.
    every = codes.lines(evidence, codes.UNREADABLE, *_SAYINGS)
    lines = [one for one in every if not any(other in one.text for other in _OTHERS)]
    scale = Scale()
    if not lines and evidence.window is None:
        return Hypothesis(id=ID, title=TITLE, weight=None, against=("no error log could be read",))
    if not lines:
        scale.take(0.0, "no error log tells of a file that may not be read")
        return scale.judged(ID, TITLE)
    first = max(lines, key=lambda one: one.count)
    trouble = evidence.trouble
    scale.add(0.6 if trouble is not None else 0.3, codes.said(first))
    timing.said_since(scale, evidence, first)
    return scale.judged(
        ID,
        TITLE,
        hosts=first.hosts,
        next_step="See the permissions of every directory on the way: `namei -l PATH`; httpd's user needs x on each.",
    )


CAUSE = Cause(id=ID, noun="permissions of files", judge=judge)
