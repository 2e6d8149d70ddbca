"""Whether one name looks like a slip of the pen for another. Pure."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable

_SHORT = 4
_MEDIUM = 7
_MOST = 2


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The name among `known` that `name` was most likely meant to be; None where none is near enough.

    One edit is allowed, two in a longer name, none in a short one (an edit inserts, drops, replaces a sign, or swaps
    two neighbours). Case does not count. Names that differ in digits alone are different things: host1, host2.
    """
    wanted = name.lower()
    allowed = 0 if len(wanted) < _SHORT else 1 if len(wanted) < _MEDIUM else 2
    near = [(edits(wanted, other.lower()), other) for other in sorted(set(known))]
    near = [(count, other) for count, other in near if 0 < count <= allowed and not _numbered(wanted, other.lower())]
    return min(near)[1] if near else None


def edits(one: str, other: str) -> int:
    """The number of edits between two texts (optimal string alignment), exact up to two; else something larger."""
    one, other = _where_they_differ(one, other)
    if abs(len(one) - len(other)) > _MOST:
        return _MOST + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, sign in enumerate(one, 1):
        above, before, row = before, row, [i]
        for j, theirs in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (sign != theirs))
            if i > 1 and j > 1 and sign == other[j - 2] and one[i - 2] == theirs:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
        # A swap reaches one row farther back than everything else.
        if min(row) > _MOST and min(before) > _MOST:
            return _MOST + 1
    return row[-1]


def _where_they_differ(one: str, other: str) -> tuple[str, str]:
    """Both without what they begin and end with alike: no edit is ever needed there."""
    start = _alike(one, other)
    one, other = one[start:], other[start:]
    end = _alike(one[::-1], other[::-1])
    return one[: len(one) - end], other[: len(other) - end]


def _alike(one: str, other: str) -> int:
    """How many signs both begin with."""
    differing = (number for number, (sign, theirs) in enumerate(zip(one, other)) if sign != theirs)
    return next(differing, min(len(one), len(other)))


def _numbered(one: str, other: str) -> bool:
    digits = str.maketrans("", "", "0123456789")
    return one.translate(digits) == other.translate(digits)
