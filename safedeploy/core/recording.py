"""What of a run is recorded, as records: plain JSON, each with its kind and its members. Pure.

A record becomes one or more rows of the history; docs/history.md has the kinds. Nothing secret goes in: texts are those
that the plan showed, masked, and of a file whose whole content is secret there is not even a digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from safedeploy.core.changed_lines import Changed
from safedeploy.core.outcome import End, HostEnd
from safedeploy.core.plan import Action, HostPlan
from safedeploy.core.tree import Entry, Kind, canonical

Record = dict[str, Any]

KEPT = (End.CONFIRMED, End.HELD)
"""Ends of hosts whose new files are live: those of the others are as they were."""


def host_records(
    plan: HostPlan, end: HostEnd, changed: Iterable[Changed], private: frozenset[str], *, texts: bool
) -> Iterator[Record]:
    """The records of one host's files after a run that changed them; none when it did not.

    `changed` are the masked texts of the changed files; `private` the paths whose whole content is secret.
    """
    if end.end not in KEPT or not plan.verdict.acts:
        return
    before = {one.path: entry_record(one.before, private=one.path in private) for one in plan.actions}
    changed_here = {one.path for one in plan.changes}
    after = {
        one.path: entry_record(one.after, private=one.path in private, changed=one.path in changed_here)
        for one in plan.actions
    }
    for tree in (before, after):
        yield {"kind": "tree", "digest": tree_name(tree), "entries": tree}
    if texts:
        yield from _texts(plan.actions, {one.path: one for one in changed}, private)
    yield {
        "kind": "host-tree",
        "host": plan.host,
        "end": end.end.value,
        "release": end.release,
        "tree": tree_name(after),
        "before": tree_name(before),
        "before_release": plan.current,
        "changed": [one.path for one in plan.changes],
    }


def tree_name(entries: Mapping[str, Any]) -> str:
    """What a recorded tree is called: a digest of what is recorded of it."""
    return hashlib.sha256(canonical(entries)).hexdigest()


def entry_record(entry: Entry, *, private: bool, changed: bool = False) -> Record:
    """An entry as it is recorded.

    The digest of a private key or password file says something of it: only whether the run has changed it is kept.
    """
    found = entry.to_json()
    if private and entry.kind is Kind.FILE:
        return {
            **{key: one for key, one in found.items() if key not in ("sha256", "size")},
            "private": True,
            "changed": changed,
        }
    return found


def _texts(actions: Iterable[Action], changed: Mapping[str, Changed], private: frozenset[str]) -> Iterator[Record]:
    for action in actions:
        texts = changed.get(action.path)
        if texts is None or texts.note or action.path in private:
            continue
        for entry, text in ((action.before, texts.before), (action.after, texts.after)):
            if entry.kind is Kind.FILE and entry.sha256:
                yield {"kind": "text", "sha256": entry.sha256, "text": text}


def without_repeats(records: Iterable[Record]) -> Iterator[Record]:
    """The records without the trees and texts that came before: many hosts have the same."""
    seen: set[tuple[str, str]] = set()
    for record in records:
        name = record.get("digest") or record.get("sha256")
        if record["kind"] in ("tree", "text") and name is not None:
            if (record["kind"], name) in seen:
                continue
            seen.add((record["kind"], name))
        yield record


def acting_only(document: Mapping[str, Any]) -> Record:
    """A plan's document without the files that stay as they are: their number is what makes plans large."""
    hosts = {
        host: {**one, "actions": [action for action in one.get("actions", ()) if action.get("action") != "none"]}
        for host, one in document.get("hosts", {}).items()
    }
    return {**document, "hosts": hosts}
