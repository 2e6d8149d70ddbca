"""The known name that a misspelled one was probably meant to be. Pure."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Two letters swapped in a word of four score 0.75; colour and rollout, which have nothing to do with each other, 0.62.
SIMILAR_ENOUGH = 0.65


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the most similar of the known names, or None when none is similar. Case and `-` for `_` do not count."""
    by_shape: dict[str, str] = {}
    for candidate in sorted(known):
        by_shape.setdefault(_shape(candidate), candidate)
    matches = get_close_matches(_shape(name), by_shape, n=1, cutoff=SIMILAR_ENOUGH)
    return by_shape[matches[0]] if matches else None


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return the tail of a message about an unknown name: the nearest known one, else all of them, else nothing."""
    names = sorted(known)
    match = nearest(name, names)
    if match is not None:
        return f"did you mean '{match}'?"
    return f"known: {', '.join(names)}" if names else "none is known"


def _shape(name: str) -> str:
    return name.casefold().replace("-", "_")
