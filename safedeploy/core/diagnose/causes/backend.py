"""A backend that is down: what httpd passes requests on to refuses, closes or is not there.

0.75 with trouble that it explains, 0.45 without; 0.15 more when error logs say so too; 0.4 less when the address of the
backend was changed shortly before: then that is the cause, and not the backend.
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
    if not tried:
        scale = Scale()
        scale.take(0.0, "the configuration passes no requests on")
        return scale.judged(ID, TITLE)
    bad = [(host, one) for host, one in tried if one.state in STATES]
    scale = Scale()
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
    if change is not None and (evidence.trouble.began is None or evidence.trouble.began - change.at < 3600):
        scale.take(0.4, f"{place} was changed by {change.run} shortly before: perhaps the address is wrong")
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
