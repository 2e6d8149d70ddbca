"""What changed shortly before trouble began, and how near. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from safedeploy.core.diagnose import codes, wording
from safedeploy.core.diagnose.evidence import Change, Evidence, HostEvidence, Line, Symptom
from safedeploy.core.diagnose.hypothesis import Scale
from safedeploy.core.drift import DriftItem, DriftKind

# Clocks of hosts and the steps of logs are so far from exact, in seconds.
SLACK = 60.0
AT_ONCE = 180.0
LONG_BEFORE = 600.0
_NEAR = ((20.0, 0.7), (120.0, 0.6), (900.0, 0.45), (3600.0, 0.25), (86400.0, 0.1))
EDITS = (DriftKind.EDITED, DriftKind.MISSING, DriftKind.EXTRA, DriftKind.MODE, DriftKind.WRONG_LINK)


def near(scale: Scale, evidence: Evidence, began: float, ended: float | None, what: str) -> None:
    """Weigh how a change from `began` to `ended` stands to the beginning of the trouble."""
    trouble = evidence.trouble
    if trouble is None:
        scale.add(0.1, f"{what} {wording.ago(evidence.until - began)} ago")
        return
    if trouble.began is None:
        scale.add(0.2, f"{what} {wording.ago(evidence.until - began)} ago; when the trouble began is not known")
        return
    if trouble.began < began - SLACK:
        scale.take(1.0, f"the trouble began {wording.ago(began - trouble.began)} before that")
        return
    if trouble.ended is not None and trouble.began < trouble.ended <= began:
        scale.take(1.0, f"the trouble was over {wording.ago(began - trouble.ended)} before that")
        return
    after = trouble.began - (ended if ended is not None and ended < trouble.began else trouble.began)
    gain = next((gain for most, gain in _NEAR if after <= most), 0.0)
    distance = trouble.began - began
    when = "at the same time as the trouble" if abs(distance) <= SLACK else f"{wording.ago(distance)} before it began"
    scale.add(gain, f"{what} {when}")


def faults(scale: Scale, evidence: Evidence, codes_of: frozenset[str], path: str | None) -> None:
    """Weigh what error logs and httpd itself say of a fault of configuration."""
    trouble = evidence.trouble
    if trouble is None:
        return
    if trouble.symptom is Symptom.DOWN:
        said = [one.seen.configtest for one in evidence.hosts.values() if one.seen and one.seen.configtest]
        if path is not None and any(path in text for text in said):
            scale.add(0.1, f"httpd refuses {path}")
        else:
            scale.take(0.4, "that by itself ends no httpd")
        return
    lines = codes.lines(evidence, codes_of)
    if lines:
        scale.add(0.25, codes.said(max(lines, key=lambda one: one.count)))


def said_since(scale: Scale, evidence: Evidence, line: Line) -> None:
    """Weigh when a message of error logs first came: with the trouble, or long before it."""
    began = evidence.trouble.began if evidence.trouble is not None else None
    if began is None or line.first is None:
        return
    if abs(line.first - began) <= 2 * SLACK:
        scale.add(0.2, "it is said since the trouble began")
    elif line.first < began - LONG_BEFORE:
        scale.take(0.3, "it was said long before the trouble began")


def same_hosts(scale: Scale, evidence: Evidence, changed: Iterable[str], *, at_it: bool = False) -> None:
    """Weigh whether the hosts that suffer are those that were changed, of those that were looked at.

    `at_it`: which of them are changed by now is not known.
    """
    trouble, mine = evidence.trouble, set(changed)
    if trouble is None or not trouble.hosts or not mine:
        return
    suffering, every = set(trouble.hosts), set(evidence.every)
    if mine & every:
        mine &= every
    if suffering == mine and mine != every:
        scale.add(0.2, f"exactly the changed hosts suffer: {wording.hosts(trouble.hosts, every)}")
    elif suffering <= mine:
        if at_it:
            scale.add(0.05, f"it changes hosts one after the other, {wording.hosts(trouble.hosts, every)} among them")
        elif well := evidence.well & mine:
            scale.take(
                0.1 if len(well) < len(mine) / 2 else 0.25,
                f"{wording.hosts(sorted(well))} changed too, and {_are(well)} well",
            )
        elif suffering == mine:
            scale.add(0.05, "all hosts changed, and all suffer" if len(every) > 1 else "the host that suffers changed")
    elif suffering & mine:
        scale.take(0.2, f"{wording.hosts(sorted(suffering - mine))} suffered too, without a change")
    else:
        scale.take(0.6, f"the hosts that suffer did not change: {wording.hosts(trouble.hosts)}")


def _are(hosts: Collection[str]) -> str:
    return "is" if len(hosts) == 1 else "are"


def edits(evidence: Evidence) -> Iterator[tuple[str, DriftItem, float | None]]:
    """(host, item, moment) of what was changed by hand, by the control machine's clock."""
    for host, one in evidence.hosts.items():
        for item in one.drift or ():
            if item.kind in EDITS:
                yield host, item, moment(one, item)


def moment(host: HostEvidence, item: DriftItem) -> float | None:
    """When a drift item came about; None where the host does not tell."""
    at = parsed(item.changed)
    return None if at is None else at - host.offset


def parsed(text: str | None) -> float | None:
    """Seconds since 1970 of an ISO 8601 text; None for none."""
    try:
        return datetime.fromisoformat(text).timestamp() if text else None
    except ValueError:
        return None


def change_of(evidence: Evidence, place: str) -> Change | None:
    """The run that changed the file of a place (`file:line`) right before the trouble, if one did."""
    path = place.rpartition(":")[0] or place
    for one in evidence.changes or ():
        if path in one.paths and _right_before(evidence, one.at, one.ended or one.at):
            return one
    return None


def edit_of(evidence: Evidence, place: str) -> DriftItem | None:
    """The edit by hand of the file of a place right before the trouble, if there is one."""
    path = place.rpartition(":")[0] or place
    for _, item, at in edits(evidence):
        if item.path == path and (at is None or _right_before(evidence, at, at)):
            return item
    return None


def _right_before(evidence: Evidence, began: float, ended: float) -> bool:
    """Whether a change can be why an address is wrong: then requests fail at once, and not half an hour later."""
    trouble = evidence.trouble.began if evidence.trouble is not None else None
    return trouble is None or (began - SLACK <= trouble <= ended + AT_ONCE)
