"""Who set each line of a file: the versions that are known of it, one after the other, compared line by line. Pure.

A version is what a run left, or what it found there: before the first run that is what safedeploy had adopted, later it
is what somebody had put there by hand.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from safedeploy.core.observed import ADOPTED

Entries = Mapping[str, Mapping[str, Any]]


class Origin(StrEnum):
    """Where a line comes from."""

    RUN = "run"
    UNRECORDED = "unrecorded"
    BY_HAND = "by-hand"
    ADOPTED = "adopted"
    OLDER = "older"


@dataclass(frozen=True, kw_only=True)
class Source:
    """An origin, with the run where it is one. An unrecorded run is known from the host alone: `by`, `since`."""

    origin: Origin
    run: str | None = None
    by: str | None = None
    since: str | None = None


@dataclass(frozen=True, kw_only=True)
class HostTree:
    """A host's managed files after a run, and before it: `before_release` is what it was on then."""

    run: str
    host: str
    at: datetime
    tree: str
    before: str
    before_release: str | None


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of a path. `name` tells it from others: a digest, a link's target, `absent`."""

    name: str
    source: Source


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line that is live, and where it comes from."""

    text: str
    source: Source


def versions(path: str, rows: Sequence[HostTree], trees: Mapping[str, Entries]) -> list[Version]:
    """The versions of one path on one host, the oldest first; `rows` are the runs that changed the host, in order."""
    found: list[Version] = []
    for number, row in enumerate(rows):
        before, after = (trees.get(name, {}).get(path) for name in (row.before, row.tree))
        if before is not None and (not found or found[-1].name != name_of(before)):
            found.append(
                Version(name=name_of(before), source=Source(origin=_found_there(found, row, first=number == 0)))
            )
        if after is not None and (not found or found[-1].name != name_of(after) or _changed_unseen(after)):
            found.append(Version(name=name_of(after), source=Source(origin=Origin.RUN, run=row.run)))
    return found


def _changed_unseen(entry: Mapping[str, Any]) -> bool:
    """Whether the run has changed a file of which no digest is kept."""
    return bool(entry.get("private") and entry.get("changed"))


def _found_there(known: Sequence[Version], row: HostTree, *, first: bool) -> Origin:
    """What a run finds that none before it left there."""
    if known:
        return Origin.BY_HAND
    managed = first and row.before_release not in (None, ADOPTED)
    return Origin.OLDER if managed else Origin.ADOPTED


def name_of(entry: Mapping[str, Any]) -> str:
    """What tells the content of an entry from another: not its mode or owner, which no line shows."""
    kind = entry.get("kind")
    if kind == "file":
        return str(entry.get("sha256") or "private")
    return f"link to {entry.get('target')}" if kind == "link" else str(kind)


def blame(known: Sequence[Version], texts: Mapping[str, str]) -> list[Line]:
    """The lines of the last version whose text is known, each with the version that brought it."""
    lines: list[Line] = []
    for version in known:
        if version.name == "absent":
            lines = []
        text = texts.get(version.name)
        if text is not None:
            lines = list(_after(lines, text.splitlines(), version.source))
    return lines


def _after(lines: Sequence[Line], text: Sequence[str], source: Source) -> Iterator[Line]:
    before = [line.text for line in lines]
    for tag, a, b, c, d in difflib.SequenceMatcher(None, before, text, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from lines[a:b]
        else:
            yield from (Line(text=one, source=source) for one in text[c:d])


def needed(rows: Sequence[HostTree], trees: Mapping[str, Entries], texts: Mapping[str, str]) -> set[str]:
    """The runs that set something which is live now on one host: no retention may forget them."""
    kept = {row.run for row in rows[-1:]}
    last = trees.get(rows[-1].tree, {}) if rows else {}
    for path in last:
        known = versions(path, rows, trees)
        kept |= {line.source.run for line in blame(known, texts) if line.source.run is not None}
        kept |= {version.source.run for version in known[-1:] if version.source.run is not None}
    return kept
