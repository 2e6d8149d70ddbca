"""When a share began to be another than before, by counts step by step. Pure.

The stretch of steps whose share differs most from that of all the others is the one with the highest likelihood ratio
of two binomial distributions against one. Source: A. Sen and M. S. Srivastava, On Tests for Detecting Change in Mean,
1975, for the test of a stretch; S. S. Wilks, 1938, for what the ratio means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

MOST_STEPS = 240
# Twice the logarithm of the ratio; by chance alone it is above this in fewer than one of 10,000 windows.
ENOUGH = 30.0
# So many errors that were to be expected since, and did not come, are no chance any more (e^-4 is below 2 %).
_BY_CHANCE = 4.0


@dataclass(frozen=True, kw_only=True)
class Counted:
    """One step: `all` that was counted from `start` (seconds since 1970) on, and how many were `bad`."""

    start: float
    all: int
    bad: int


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Where the share was higher: `began`, and `ended` (None: it still is). Shares within it and outside."""

    began: float
    ended: float | None
    all: int
    bad: int
    outside_all: int
    outside_bad: int
    ratio: float

    @property
    def share(self) -> float:
        """Within."""
        return self.bad / self.all if self.all else 0.0

    @property
    def usual(self) -> float:
        """Outside; 0 where nothing was counted there."""
        return self.outside_bad / self.outside_all if self.outside_all else 0.0


def stretch(counted: Sequence[Counted], step: float) -> Stretch | None:
    """The stretch in which a share was higher for certain; None where none was. `step` is in seconds.

    A share that was high all the time has no beginning here: the whole is not a stretch of itself.
    """
    steps, step = _coarse([one for one in counted if one.all], step)
    sums_all, sums_bad = [0], [0]
    for one in steps:
        sums_all.append(sums_all[-1] + one.all)
        sums_bad.append(sums_bad[-1] + one.bad)
    every, bad = sums_all[-1], sums_bad[-1]
    if bad in (0, every):
        return None
    best: tuple[float, int, int] | None = None
    whole = _likelihood(bad, every)
    for first in range(len(steps)):
        if not steps[first].bad:
            continue  # a stretch of errors begins with one
        for last in range(first + 1, len(steps) + 1):
            if not steps[last - 1].bad:
                continue
            inside, errors = sums_all[last] - sums_all[first], sums_bad[last] - sums_bad[first]
            outside = every - inside
            if not outside or errors * outside <= (bad - errors) * inside:
                continue
            ratio = 2 * (_likelihood(errors, inside) + _likelihood(bad - errors, outside) - whole)
            if best is None or ratio > best[0]:
                best = (ratio, first, last)
    if best is None or best[0] < ENOUGH:
        return None
    ratio, first, last = best
    inside, errors = sums_all[last] - sums_all[first], sums_bad[last] - sums_bad[first]
    after = every - sums_all[last]
    return Stretch(
        began=steps[first].start,
        ended=None if after * errors / inside < _BY_CHANCE else steps[last - 1].start + step,
        all=inside,
        bad=errors,
        outside_all=every - inside,
        outside_bad=bad - errors,
        ratio=ratio,
    )


def _likelihood(bad: int, every: int) -> float:
    """The logarithm of the likelihood of a share at its best."""
    good = every - bad
    return (bad * log(bad / every) if bad else 0.0) + (good * log(good / every) if good else 0.0)


def _coarse(steps: list[Counted], step: float) -> tuple[list[Counted], float]:
    """Neighbours put together until they are few enough to try every stretch of them."""
    factor = -(-len(steps) // MOST_STEPS)
    if factor <= 1:
        return steps, step
    groups = [steps[at : at + factor] for at in range(0, len(steps), factor)]
    joined = [
        Counted(start=group[0].start, all=sum(one.all for one in group), bad=sum(one.bad for one in group))
        for group in groups
    ]
    return joined, step * factor
