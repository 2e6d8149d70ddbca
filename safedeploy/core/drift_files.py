"""One managed path: what it should be by the host's own record, against what it is. Pure."""

from __future__ import annotations

from safedeploy.core.drift import DriftKind
from safedeploy.core.drift_seen import Changed, epoch, iso
from safedeploy.core.observed import Observed
from safedeploy.core.plan import difference
from safedeploy.core.tree import ABSENT, Entry, Kind

# What keeps the agent from looking at a path, in words; the types of docs/architecture.md, section 3.
_BLOCKED = {
    "through-link": "a directory on the way to it has become a link",
    "in-the-way": "something on the way to it is no directory",
}


def recorded_paths(observed: Observed) -> list[str]:
    """Every path that safedeploy has ever touched there."""
    return sorted({*observed.adopted, *observed.current_tree})


def compared(path: str, observed: Observed) -> tuple[DriftKind, str, object] | None:
    """The kind of drift, its text, and what tells it from another drift of the path; None when all is as recorded."""
    recorded, live = observed.recorded(path), observed.live.get(path, ABSENT)
    if live == recorded:
        return None
    of = f"release {observed.current}"
    if recorded.kind is Kind.ABSENT:
        return DriftKind.EXTRA, f"{_what(live)} is there; in {of} there is nothing", live.to_json()
    if live.kind is Kind.ABSENT:
        return DriftKind.MISSING, f"is not there; {of} has {_what(recorded)}", recorded.to_json()
    if live.kind is Kind.OTHER:
        return _other(live, recorded, of)
    if Kind.LINK in (recorded.kind, live.kind):
        return DriftKind.WRONG_LINK, f"is {_what(live)}; in {of} it is {_what(recorded)}", live.to_json()
    if live.sha256 == recorded.sha256:
        return DriftKind.MODE, difference(recorded, live), [live.mode, live.owner, live.group]
    attributes = difference(recorded, Entry(**{**vars(live), "sha256": recorded.sha256}))
    also = f"; also {attributes}" if attributes else ""
    return DriftKind.EDITED, f"its content is not that of {of}{also}", live.to_json()


def _other(live: Entry, recorded: Entry, of: str) -> tuple[DriftKind, str, object]:
    should = f"in {of} it is {_what(recorded)}"
    if live.type in _BLOCKED:
        return DriftKind.WRONG_LINK, f"{_BLOCKED[live.type]}; {should}", live.type
    if live.type in ("unreadable", "outside-roots"):
        why = "cannot be read by safedeploy's user" if live.type == "unreadable" else "lies outside the allowed roots"
        return DriftKind.MODE, f"{why}; {should}", live.type
    return DriftKind.EDITED, f"is {_what(live)}; {should}", live.type


def _what(entry: Entry) -> str:
    if entry.kind is Kind.LINK:
        return f"a link to {entry.target}"
    return f"a {entry.type}" if entry.kind is Kind.OTHER else f"a {entry.kind.value}"


def when(kind: DriftKind, changed: Changed | None, since: str | None) -> str | None:
    """The moment of a change as ISO 8601; None when it is not known.

    The time of the content may be set to anything (`cp -p`), so it counts only between the release and the last change
    of the file's attributes, which nobody can set. For a missing path it is that of the directory's last change.
    """
    if changed is None:
        return None
    begin = epoch(since) or 0.0
    by_content = kind in (DriftKind.EDITED, DriftKind.EXTRA) and begin <= changed.modified <= changed.changed
    return iso(changed.modified if by_content or kind is DriftKind.MISSING else changed.changed)
