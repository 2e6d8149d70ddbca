"""One thing that was found about a probe: a verdict with its kind and the two sides as short texts."""

from __future__ import annotations

SAME, DECLARED, REGRESSION = "same", "declared", "regression"
IMPROVED, CHANGED, INCONCLUSIVE = "improved", "changed", "inconclusive"
# The first of these that was found about a probe is its verdict.
ORDER = (REGRESSION, INCONCLUSIVE, DECLARED, IMPROVED, CHANGED, SAME)


class Found:
    """`before` and `after` replace the description of the answers where that would not show the point."""

    def __init__(self, verdict: str, kind: str, *, before: str = "", after: str = "") -> None:
        self.verdict = verdict
        self.kind = kind
        self.before = before
        self.after = after


def regression(kind: str, *, before: str = "", after: str = "") -> Found:
    """Something got worse."""
    return Found(REGRESSION, kind, before=before, after=after)


def changed(kind: str, *, before: str = "", after: str = "") -> Found:
    """Something differs and is not clearly worse."""
    return Found(CHANGED, kind, before=before, after=after)
