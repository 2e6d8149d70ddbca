"""Errors where there were none, and worse ones than before."""

from __future__ import annotations

from . import found
from .case import ASKS_FOR_LOGIN, BROKEN, FINE, REFUSED, SILENT, badness
from .content import roots_of
from .granted import never_granted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

    from .case import Case
    from .found import Found

# Decoys of which one wants to know whether they are given away. That they are refused is what they are for.
_BAIT = ("listing", "private", "source")
LIMITS = frozenset([400, 413, 414, 431])


def judge(case: Case) -> Iterator[Found]:
    """Nothing when both answers are as good as one another."""
    live, candidate = badness(case.live), badness(case.candidate)
    if candidate == REFUSED and _may_be_refused(case):
        if live != REFUSED:
            yield found.changed("error")
    elif candidate >= BROKEN and (live < candidate or (case.new and case.why != "decoy")):
        yield found.regression(_kind(case))
    elif candidate == live:
        if live not in (FINE, SILENT) and case.live["status"] != case.candidate["status"]:
            yield from _other_refusal(case)
    elif candidate == REFUSED and live < REFUSED:
        yield from _refused(case)
    elif candidate == ASKS_FOR_LOGIN and live == FINE:
        yield found.changed("authentication") if case.new else found.regression("authentication")
    elif live == ASKS_FOR_LOGIN:
        yield from _login_gone(case)
    elif candidate == FINE:
        yield found.Found(found.IMPROVED, "error")
    else:
        yield found.changed("error")


def _may_be_refused(case: Case) -> bool:
    """Whether a refusal is no loss: of a bait, of a listing, of a decoy whose directory is another site's now."""
    probe, live, status = case.probe, case.live, case.candidate["status"]
    if probe.get("kind") in _BAIT or (live["listing"] and status in (403, 404)):
        return True
    if status == 404 and (probe.get("method") == "OPTIONS" or case.why == "envelope"):
        return True
    directory = (probe.get("file") or "").rpartition("/")[0] + "/"
    roots = list(roots_of(case.around.candidate, case.candidate_site))
    return (
        case.why == "decoy" and bool(roots) and not any(directory.startswith(f"{root.rstrip('/')}/") for root in roots)
    )


def _kind(case: Case) -> str:
    answer = case.candidate
    if answer.get("loop"):
        return "loop"
    if answer["status"] is None:
        return "tls" if answer["why"].startswith("TLS:") else "no-answer"
    return "redirect" if answer.get("final") else "error"


def _refused(case: Case) -> Iterator[Found]:
    status = case.candidate["status"]
    if case.new and case.why != "pushed":
        # What a new site answers at its root is its own affair, unless nobody is let in at all.
        yield found.regression("error") if status == 403 and never_granted(case) else found.changed("error")
    elif badness(case.live) == ASKS_FOR_LOGIN:
        yield found.regression("authentication" if status == 403 else "error")
    elif case.candidate.get("final"):
        yield found.regression("redirect")
    else:
        yield found.regression("limit" if status in LIMITS else "error")


def _other_refusal(case: Case) -> Iterator[Found]:
    if case.why == "envelope" and case.candidate["status"] in LIMITS and case.live["status"] not in LIMITS:
        yield found.regression("limit")
    else:
        yield found.changed("error")


def _login_gone(case: Case) -> Iterator[Found]:
    if 300 <= (case.candidate["status"] or 0) <= 399:
        # A form to log in with is reached by a redirect.
        yield found.changed("authentication")
    else:
        yield found.regression("authentication")
