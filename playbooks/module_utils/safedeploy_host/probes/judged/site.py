"""Another virtual host, or another site's page, answers for a name."""

from __future__ import annotations

from ..served import owns
from . import found

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

    from .case import Case
    from .found import Found


def judge(case: Case) -> Iterator[Found]:
    """Only where the answer shows it: two virtual hosts that answer the same are as good as one."""
    if case.new or case.live["status"] is None or case.candidate["status"] is None or _same(case):
        return
    if case.moved and case.live_site and case.candidate_site:
        yield _moved(case, case.live_site, case.candidate_site)
    elif case.candidate["status"] == 200 == case.live["status"]:
        theirs = case.around.others.get((case.path, case.candidate["sha256"] or ""), set())
        own = (case.live_site or {}).get("name") or case.host
        if theirs and own not in theirs:
            yield found.regression("other-site", after=f"the page of {min(theirs)}")


def _same(case: Case) -> bool:
    live, candidate = case.live, case.candidate
    if live["status"] != candidate["status"]:
        return False
    return bool(live["shape"] == candidate["shape"] or (live["hops"] and live["hops"] == candidate["hops"]))


def _moved(case: Case, live: dict[str, object], candidate: dict[str, object]) -> Found:
    default = "" if owns(live, case.host) else "the default server "
    return found.regression(
        "other-site",
        before=f"{case.live['status']} from {default}{live['name']}",
        after=f"{case.candidate['status']} from {candidate['name']}",
    )
