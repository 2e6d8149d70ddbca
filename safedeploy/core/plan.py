"""The plan: what would change on each host, and why or why not.

Decides only. Desired and observed trees go in, actions with reasons come out; nothing here reads a host or prints.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from safedeploy.core.looked_after import LookedAfter
from safedeploy.core.observed import Observed
from safedeploy.core.tree import ABSENT, Entry, Kind, RenderedTree, Tree


class ActionKind(StrEnum):
    """What is done to one path."""

    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"
    ATTRIBUTES = "mode"
    LINK = "link"
    NONE = "none"


class Verdict(StrEnum):
    """What a push would do to one host."""

    CHANGE = "change"
    RELOAD = "reload"
    RECORD = "record"
    NOTHING = "nothing"

    @property
    def acts(self) -> bool:
        """Whether a push would call the host's activation at all."""
        return self is not Verdict.NOTHING


@dataclass(frozen=True, kw_only=True)
class Action:
    """One path: what is there, what should be, and the reason for acting or not acting."""

    path: str
    kind: ActionKind
    before: Entry
    after: Entry
    reason: str
    origin: str | None = None
    edited: bool = False


@dataclass(frozen=True, kw_only=True)
class HostPlan:
    """One host's part of the plan. `expect_live` is the digest that the live tree must still have at the push.

    `looked_after` says what validates and reloads files of other services; `services` is that declaration's digest.
    """

    host: str
    verdict: Verdict
    reason: str
    actions: tuple[Action, ...]
    tree: str
    expect_live: str
    release: str = ""
    current: str | None = None
    notes: tuple[str, ...] = ()
    restart: tuple[str, ...] = field(default=())
    looked_after: tuple[LookedAfter, ...] = ()
    services: str = ""

    @property
    def changes(self) -> tuple[Action, ...]:
        """The actions that change something."""
        return tuple(action for action in self.actions if action.kind is not ActionKind.NONE)


def effective(entries: Tree, adopted: Tree) -> dict[str, Entry]:
    """What a release means on a host: its entries, and what safedeploy had displaced wherever it has none."""
    return {**adopted, **entries}


def plan_host(desired: RenderedTree, observed: Observed) -> HostPlan:
    """Compare one host's desired tree with what it is. `restart` and `release` are filled in by the caller."""
    want = effective(desired.entries, observed.adopted)
    actions = tuple(_action(path, want[path], desired, observed) for path in sorted(want))
    verdict, reason = _verdict(actions, desired, observed)
    return HostPlan(
        host=desired.host,
        verdict=verdict,
        reason=reason,
        actions=actions,
        tree=desired.digest,
        expect_live=observed.live_digest,
        current=observed.current,
        notes=_notes(observed),
    )


def likely_missing(plan: HostPlan, contents: Collection[str]) -> list[str]:
    """Which of these contents a host has most likely not stored: all at first, then those that it serves others of."""
    changed = {action.after.sha256 for action in plan.changes if action.before.sha256 != action.after.sha256}
    return sorted(sha256 for sha256 in contents if plan.current is None or sha256 in changed)


def _action(path: str, after: Entry, desired: RenderedTree, observed: Observed) -> Action:
    before = observed.live.get(path, ABSENT)
    return Action(
        path=path,
        kind=_kind(before, after),
        before=before,
        after=after,
        reason=_reason(path, before, after, desired, observed),
        origin=desired.origin.get(path),
        edited=observed.edited(path),
    )


def _kind(before: Entry, after: Entry) -> ActionKind:
    if before == after:
        return ActionKind.NONE
    if after.kind is Kind.ABSENT:
        return ActionKind.DELETE
    if after.kind is Kind.LINK:
        return ActionKind.LINK
    if before.kind is Kind.ABSENT:
        return ActionKind.CREATE
    if before.kind is Kind.FILE and before.sha256 == after.sha256:
        return ActionKind.ATTRIBUTES
    return ActionKind.CHANGE


def _reason(path: str, before: Entry, after: Entry, desired: RenderedTree, observed: Observed) -> str:
    if before == after:
        return "already absent" if after.kind is Kind.ABSENT else "already as wanted"
    if path not in desired.entries:
        if after.kind is Kind.ABSENT:
            return "no longer in the configuration, and nothing was there before safedeploy"
        return "no longer in the configuration: what was there before safedeploy comes back"
    parts = [difference(before, after)]
    if observed.edited(path):
        parts.append(f"edited on the host since release {observed.current}")
    elif path not in observed.adopted and before.kind is not Kind.ABSENT:
        parts.append("not managed until now; the present one is kept for a revert")
    return "; ".join(parts)


def difference(before: Entry, after: Entry) -> str:
    """What tells two entries of a path apart, in words."""
    if after.kind is Kind.ABSENT:
        return "declared absent"
    if before.kind is Kind.ABSENT:
        return "not there yet"
    if before.kind is not after.kind:
        was = before.type if before.kind is Kind.OTHER else before.kind.value
        return f"is a {was}, should be a {after.kind.value}"
    if after.kind is Kind.LINK:
        return f"points to {before.target}"
    if before.sha256 == after.sha256:
        attributes = (
            ("mode", before.mode, after.mode),
            ("owner", before.owner, after.owner),
            ("group", before.group, after.group),
        )
        return ", ".join(f"{name} {old} -> {new}" for name, old, new in attributes if old != new)
    return "content differs"


def _verdict(actions: tuple[Action, ...], desired: RenderedTree, observed: Observed) -> tuple[Verdict, str]:
    count = sum(action.kind is not ActionKind.NONE for action in actions)
    if count:
        return Verdict.CHANGE, f"{count} of {len(actions)} paths differ"
    if observed.httpd.loaded is False or (observed.httpd.installed and not observed.httpd.running):
        why = observed.httpd.reason or "httpd has not loaded the files on disk"
        return Verdict.RELOAD, f"files are in place, but {why}"
    if observed.current is None or observed.current_tree != desired.entries:
        return Verdict.RECORD, "files are in place already; the release is recorded without a reload"
    if observed.pending is not None:
        # What nobody has confirmed may be gone in a minute: a push must not take it for done.
        return Verdict.RECORD, f"files are in place, but nobody has confirmed release {observed.pending.release}"
    return Verdict.NOTHING, f"live files equal release {observed.current} and httpd has loaded them"


def _notes(observed: Observed) -> tuple[str, ...]:
    notes = list(observed.problems)
    if observed.pending is not None:
        pending = observed.pending
        notes.append(f"release {pending.release} is waiting for confirmation (run {pending.run} of {pending.by})")
    if observed.stranded is not None:
        notes.append(f"stranded since {observed.stranded.get('since')}: {observed.stranded.get('cause')}")
    if not observed.httpd.running and observed.httpd.installed:
        notes.append("httpd is not running")
    return tuple(notes)


def changed_since(planned: Mapping[str, tuple[str, str]], now: Mapping[str, HostPlan]) -> list[str]:
    """Why a saved plan may not be pushed: one sentence for each host whose rendering or live state is another now.

    `planned` is `{host: (tree digest, live digest)}` of the saved plan.
    """
    reasons = [f"{host} is in the plan, but not among the hosts now" for host in planned if host not in now]
    for host, plan in now.items():
        if host not in planned:
            reasons.append(f"{host} is among the hosts now, but not in the plan")
            continue
        tree, live = planned[host]
        if tree != plan.tree:
            reasons.append(f"{host}: the rendering has changed")
        if live != plan.expect_live:
            reasons.append(f"{host}: the host's live files have changed")
    return reasons


def services_changed_since(planned: Mapping[str, str], now: Mapping[str, HostPlan]) -> list[str]:
    """Why a saved plan may not be pushed: the hosts on which files would be looked after in another way now.

    `planned` is `{host: digest of the declarations}` of the saved plan.
    """
    return [
        f"{host}: what validates or reloads files of other services has changed"
        for host, services in planned.items()
        if host in now and now[host].services != services
    ]
