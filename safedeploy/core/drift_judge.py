"""Decides what of a host's answer is drift, of which kind, and what is harmless. Pure.

Harmless is: a file that was touched and holds what it held, when httpd is known to run that; a push under way; files
that lay beside the managed ones before safedeploy came; whatever the settings leave out (`drift.ignore`).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from safedeploy.core.diff import Diff
from safedeploy.core.drift import PUT_RIGHT, DriftItem, DriftKind, HostDrift, Severity, Terms, Undeployed, new_item
from safedeploy.core.drift_files import compared, recorded_paths, when
from safedeploy.core.drift_httpd import certificates, invalid, not_reloaded
from safedeploy.core.drift_seen import DriftSeen, ExtraFile
from safedeploy.core.observed import Observed, Pending
from safedeploy.core.origins import followed
from safedeploy.core.plan import difference
from safedeploy.core.tree import ABSENT, Kind, Tree

# The diff of a path from what was released to what is there, fit to be shown.
Shown = Callable[[str, bytes | None, bytes | None], Diff]


def judge(seen: DriftSeen, terms: Terms, shown: Shown, desired: Tree | None = None) -> HostDrift:
    """One host's drift, and what is undeployed there when `desired`, what the project wants, is known."""
    observed = seen.observed
    host = observed.host
    managed = observed.current is not None
    under_way = _under_way(seen)
    notes = [] if managed else ["never deployed to: there is nothing to compare its files with"]
    notes += under_way + list(seen.notes if managed else ())
    found: list[DriftItem] = [*_state(seen, terms)]
    settled = not found and not under_way
    if managed and not under_way:
        found += _files(seen, shown, desired)
    if managed:
        found += (_extra(host, one, seen, shown) for one in seen.extra if not _ignored(one.path, terms.ignore))
    if not under_way:
        found += not_reloaded(seen)
    found += invalid(seen)
    found += certificates(host, seen.certificates, terms)
    # What httpd refuses is put right with the edit that it refuses.
    wrong = {item.path for item in found if item.kind in PUT_RIGHT or item.fixable}
    found = [replace(item, fixable=True) if _refused(item, seen, wrong) else item for item in found]
    fixable = settled and observed.known_good is not None
    return HostDrift(
        host=host,
        release=observed.current,
        known_good=observed.known_good,
        items=tuple(_finished(item, seen, fixable=fixable) for item in found),
        undeployed=tuple(undeployed(observed, desired)) if desired is not None and managed and not under_way else (),
        certificates=tuple(one.end for one in seen.certificates if one.end is not None),
        notes=tuple(notes),
    )


def _refused(item: DriftItem, seen: DriftSeen, wrong: set[str | None]) -> bool:
    path = item.path or ""
    return item.kind is DriftKind.INVALID and bool({path, followed(path, seen.observed.live)} & wrong)


def _finished(item: DriftItem, seen: DriftSeen, *, fixable: bool) -> DriftItem:
    """The item with when, and the hints of who; put right by a push only on a host that is in order otherwise."""
    path = item.path or ""
    can = item.fixable or item.kind in PUT_RIGHT
    at = item.changed or when(item.kind, seen.changed.get(path), seen.observed.since)
    return replace(item, changed=at, who=seen.who.get(path, ()), fixable=can and fixable)


def _under_way(seen: DriftSeen) -> list[str]:
    """Notes on a push that works on the host at this moment, whose files are between two releases."""
    observed = seen.observed
    lease = observed.lease or {}
    leased = bool(lease) and not lease.get("expired")
    if seen.journal and leased:
        return [f"run {lease.get('run')} of {lease.get('holder')} is at work here: its files were not judged"]
    pending = observed.pending
    if pending is not None and leased and lease.get("run") == pending.run and not _forgotten(observed, pending):
        return [
            f"run {pending.run} of {pending.by} is at work here and has not confirmed yet: its files were not judged"
        ]
    return []


def _forgotten(observed: Observed, pending: Pending) -> bool:
    """Whether nothing decides on the pending release by itself in time."""
    overdue = observed.clock is not None and observed.clock > pending.deadline
    return pending.held or pending.guarded is False or overdue


def _state(seen: DriftSeen, terms: Terms) -> Iterator[DriftItem]:
    observed = seen.observed
    stranded = observed.stranded
    if stranded is not None:
        steps = "\n".join(f"{number}. {step}" for number, step in enumerate(stranded.get("steps") or (), start=1))
        yield new_item(
            observed.host,
            DriftKind.STRANDED,
            f"stranded since {stranded.get('since')}: {stranded.get('cause')}",
            content=str(stranded.get("since")),
            remedy=steps or f"safedeploy status {terms.environment} --limit {observed.host}",
        )
    under_way = _under_way(seen)
    if seen.journal and not under_way:
        text = "a change was interrupted in the middle; the next command of safedeploy on this host undoes it"
        yield new_item(
            observed.host,
            DriftKind.PENDING,
            text,
            remedy=f"safedeploy check {terms.environment} --limit {observed.host}",
        )
    elif observed.pending is not None and not under_way:
        yield _pending(observed, observed.pending, terms)


def _pending(observed: Observed, pending: Pending, terms: Terms) -> DriftItem:
    overdue = observed.clock is not None and observed.clock > pending.deadline
    text = f"release {pending.release} of run {pending.run} by {pending.by} is not confirmed since {pending.since}"
    if pending.guarded is False:
        text += "; its dead-man is gone, so nothing takes it back by itself"
    elif overdue:
        text += f"; its window ended at {pending.until}, and it was not taken back"
    else:
        text += f"; it goes back by itself at {pending.until}"
    return new_item(
        observed.host,
        DriftKind.PENDING,
        text,
        content=pending.activation,
        severity=Severity.ERROR if overdue or pending.guarded is False else Severity.WARNING,
        remedy=f"safedeploy confirm {terms.environment}, or safedeploy abort {terms.environment}",
    )


def _files(seen: DriftSeen, shown: Shown, desired: Tree | None) -> Iterator[DriftItem]:
    observed = seen.observed
    for path in recorded_paths(observed):
        found = compared(path, observed)
        if found is None:
            continue
        kind, text, content = found
        recorded, live = observed.recorded(path), observed.live.get(path, ABSENT)
        diff = None
        if kind is DriftKind.EDITED and live.kind is Kind.FILE:
            before, after = seen.recorded.get(recorded.sha256 or ""), seen.content.get(path)
            known = before is not None and after is not None
            diff = shown(path, before, after) if known else Diff(path=path, note="the content was not sent: not shown")
        if desired is not None and desired.get(path) == live:
            text += "; the project has it like this too: a push only takes it down"
        yield new_item(
            observed.host,
            kind,
            text,
            path=path,
            content=content,
            severity=Severity.WARNING if kind is DriftKind.MODE else Severity.ERROR,
            diff=diff,
            # Declared absent, or of a release from before: a push removes it.
            fixable=kind is DriftKind.EXTRA,
        )


def _extra(host: str, one: ExtraFile, seen: DriftSeen, shown: Shown) -> DriftItem:
    reading = (
        "httpd loads it with its next reload, if it has not yet" if seen.observed.httpd.running else "httpd loads it"
    )
    texts = {
        "loaded": f"nobody manages it, and it matches {one.because}: {reading}",
        "beside": f"left beside the configuration; renamed, it would match {one.because}",
        "dangling": f"a link to {one.entry.target}, where nothing is; it matches {one.because}",
        "htaccess": f"nobody manages it, and httpd obeys it for what lies below {one.because}",
    }
    diff = shown(one.path, None, one.content) if one.content is not None else None
    to = f" (a link to {one.entry.target})" if one.entry.target and one.how == "loaded" else ""
    return new_item(
        host,
        DriftKind.EXTRA,
        texts.get(one.how, "nobody manages it") + to,
        path=one.path,
        content=one.entry.to_json(),
        severity=Severity.ERROR if one.how in ("loaded", "htaccess") else Severity.WARNING,
        diff=diff,
        remedy=f"when nobody needs it, on the host: rm -i -- {shlex.quote(one.path)}\n"
        "else manage it, or name it in drift.ignore",
    )


def _ignored(path: str, patterns: Iterable[str]) -> bool:
    return any(_glob(pattern).fullmatch(path) for pattern in patterns)


def _glob(pattern: str) -> re.Pattern[str]:
    """`*` and `?` stay within a directory, `**` does not."""
    special = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(special.get(word) or re.escape(word) for word in re.split(r"(\*\*|\*|\?)", pattern)))


def undeployed(observed: Observed, desired: Tree) -> Iterator[Undeployed]:
    """What the project wants otherwise than the host was left, where the host is as it was left."""
    for path in sorted({*desired, *recorded_paths(observed)}):
        want = desired.get(path, observed.adopted.get(path, ABSENT))
        recorded = observed.recorded(path)
        if path not in observed.adopted and path not in observed.current_tree:
            recorded = observed.live.get(path, ABSENT)
        if want != recorded and observed.live.get(path, ABSENT) in (recorded, want):
            yield Undeployed(host=observed.host, path=path, text=difference(recorded, want))
