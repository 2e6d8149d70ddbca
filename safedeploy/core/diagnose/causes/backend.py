"""A backend that is down: what httpd passes requests on to refuses, closes or is not there.

0.75 with trouble that it explains, or that is over and was told of in error logs; 0.45 without trouble. 0.15 more when
error logs say so too; 0.4 less when the address of the backend was changed right before: then that is the cause, and
not the backend.
"""

from __future__ import annotations

from collections.abc import Sequence

from safedeploy.core.diagnose import codes, timing, wording
from safedeploy.core.diagnose.evidence import Evidence
from safedeploy.core.diagnose.hypothesis import Cause, Hypothesis, Scale
from safedeploy.core.diagnose.seen import Backend

ID = "backend"
TITLE = "a backend is down"
STATES = ("refused", "closed", "missing", "denied", "error")


def judge(evidence: Evidence) -> Hypothesis:
    """By what was tried from the hosts."""
    tried = [(host, one) for host, each in evidence.hosts.items() if each.seen for one in each.seen.backends]
    bad = [(host, one) for host, one in tried if one.state in STATES]
    scale = Scale()
    if not bad and _told_by_logs(scale, evidence):
        return scale.judged(
            ID, TITLE, next_step="See the log of the backend for why it had ended, or could not be reached."
        )
    if not evidence.looked:
        return Hypothesis(id=ID, title=TITLE, weight=None, against=("no host could be asked about its backends",))
    if not tried:
        scale.take(0.0, "the configuration passes no requests on")
        return scale.judged(ID, TITLE)
    if not bad:
        scale.take(0.0, f"{count(tried)} connections" if all_ok(tried) else "none refuses")
        return scale.judged(ID, TITLE)
    name, place = bad[0][1].name, bad[0][1].place
    hosts = tuple(dict.fromkeys(host for host, one in bad if one.name == name))
    where = f", named at {place}" if place else ""
    explains = evidence.trouble is not None
    scale.add(
        0.75 if explains else 0.45,
        f"{name} fails on {wording.hosts(hosts, evidence.every)}: {bad[0][1].why or bad[0][1].state}{where}",
    )
    weigh_lines(scale, evidence, codes.NO_BACKEND | codes.BACKEND_ANSWERS_BADLY)
    others = sorted({one.name for _, one in bad} - {name})
    if others:
        scale.add(0.0, f"so do {wording.listed(others[:4])}")
    weigh_change(scale, evidence, place)
    return scale.judged(
        ID, TITLE, hosts=hosts, next_step=f"Start what listens at {name}, or see its own log for why it ended."
    )


def _told_by_logs(scale: Scale, evidence: Evidence) -> bool:
    """What error logs say of a backend that can be reached now, or was not tried."""
    trouble, found = evidence.trouble, codes.lines(evidence, codes.NO_BACKEND)
    if trouble is None or not found or any(one.state != "ok" for one in _backends(evidence)):
        return False
    scale.add(0.75 if trouble.ended is not None else 0.5, codes.said(max(found, key=lambda one: one.count)))
    if any(_backends(evidence)):
        scale.take(0.0, "asked now, every backend takes connections")
    return True


def _backends(evidence: Evidence) -> list[Backend]:
    return [one for each in evidence.hosts.values() if each.seen for one in each.seen.backends]


def weigh_lines(scale: Scale, evidence: Evidence, wanted: frozenset[str]) -> None:
    """What error logs say of backends."""
    found = codes.lines(evidence, wanted)
    if found:
        scale.add(0.15, codes.said(max(found, key=lambda one: one.count)))


def weigh_change(scale: Scale, evidence: Evidence, place: str) -> None:
    """Take away what a changed address explains."""
    if evidence.trouble is None:
        return
    change = timing.change_of(evidence, place)
    edit = timing.edit_of(evidence, place)
    if change is not None:
        scale.take(0.4, f"{place} was changed by {change.run} right before: perhaps the address is wrong")
    elif edit is not None:
        scale.take(0.4, f"{place} was edited by hand: perhaps the address is wrong")


def all_ok(tried: Sequence[tuple[str, Backend]]) -> bool:
    """Whether every backend could be reached from every host."""
    return all(one.state == "ok" for _, one in tried)


def count(tried: Sequence[tuple[str, Backend]]) -> str:
    """How many backends were tried, with the verb."""
    names = {one.name for _, one in tried}
    return "the one backend takes" if len(names) == 1 else f"all {len(names)} backends take"


CAUSE = Cause(id=ID, noun="a backend that is down", judge=judge)
