"""Too few workers: requests that wait for one another."""

from __future__ import annotations

from . import found

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

    from .case import Case
    from .found import Found

TIMES = 5
SLOW = 1000.0
_STARVED = ("within", "closed", "reset")


def judge(case: Case) -> Iterator[Found]:
    """For a probe that is made while others take workers away."""
    live, candidate = case.live, case.candidate
    if live["status"] is None:
        if candidate["status"] is None:
            yield found.Found(found.INCONCLUSIVE, "capacity")
    elif candidate["status"] is None:
        # That nobody is answered at all is what the other probes say.
        if any(sign in candidate["why"] for sign in _STARVED):
            yield found.regression("capacity", before=_took(live), after=f"no answer: {candidate['why']}")
    elif candidate["status"] >= 500 > live["status"]:
        yield found.regression("capacity")
    elif candidate["ms"] > SLOW and candidate["ms"] >= TIMES * live["ms"]:
        yield found.regression("capacity", before=_took(live), after=_took(candidate))


def _took(answer: dict[str, float]) -> str:
    return f"{answer['status']} in {answer['ms'] / 1000:.1f} s"
