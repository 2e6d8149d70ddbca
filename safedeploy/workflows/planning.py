"""From the project and the hosts to the fleet's plan."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from safedeploy.core import counted
from safedeploy.core.changed_lines import Changed
from safedeploy.core.diff import Diff, fold, unified
from safedeploy.core.examined import Examined
from safedeploy.core.looked_after import services_digest
from safedeploy.core.masking import Masker
from safedeploy.core.observed import Observed
from safedeploy.core.plan import Action, ActionKind, HostPlan, Verdict, plan_host
from safedeploy.core.restart import restart_reasons
from safedeploy.core.tree import Kind, RenderedTree, release_id
from safedeploy.lint.outcome import Outcome
from safedeploy.workflows.desired import Desired
from safedeploy.workflows.events import Phase
from safedeploy.workflows.observe import Seen
from safedeploy.workflows.session import Session
from safedeploy.workflows.validators import validators

Mask = Callable[[str, str], tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class FleetPlan:
    """The plan of the whole fleet, with diffs that are fit to be shown.

    `changed` has the same for each host as masked text, to tell which lines are behind what a preflight finds;
    `examined` is what hosts said of the candidate when they were asked for the plan, and
    `lint` what the linter found in what is rendered.
    """

    environment: str
    release: str
    hosts: Mapping[str, HostPlan]
    diffs: tuple[tuple[tuple[str, ...], Diff], ...]
    missing: Mapping[str, str] = field(default_factory=dict)
    changed: Mapping[str, tuple[Changed, ...]] = field(default_factory=dict, repr=False)
    examined: Mapping[str, Examined] = field(default_factory=dict)
    lint: Outcome | None = None

    @property
    def acts(self) -> bool:
        """Whether a push would do anything on any host."""
        return any(plan.verdict.acts for plan in self.hosts.values())

    @property
    def differs(self) -> bool:
        """Whether any live file would change."""
        return any(plan.verdict is Verdict.CHANGE for plan in self.hosts.values())


def make_plan(session: Session, desired: Mapping[str, Desired], seen: Seen) -> FleetPlan:
    """Compare what every host should have with what it was seen to have."""
    session.events.phase(Phase.PLAN, counted.hosts(len(seen.hosts)))
    masker = masker_of(desired)
    mask, mask_stored = _mask(masker), _mask(masker, stored=True)
    release = _release(desired)
    hosts: dict[str, HostPlan] = {}
    diffs: list[tuple[str, Diff]] = []
    changed: dict[str, tuple[Changed, ...]] = {}
    for host, observed in seen.hosts.items():
        tree = desired[host].tree
        plan = plan_host(tree, observed)
        hosts[host] = dataclasses.replace(
            plan,
            release=desired[host].release or release,
            restart=_restart(plan, tree, observed),
            looked_after=validators().looked_after([action.path for action in plan.changes], desired[host].services),
            services=services_digest(desired[host].services),
        )
        fit = mask_stored if desired[host].release else mask
        shown = [(action, _diff(action, tree, observed, fit)) for action in plan.changes]
        diffs += [(host, diff) for _, diff in shown]
        changed[host] = tuple(_changed(action, diff, tree, observed, fit) for action, diff in shown)
    return FleetPlan(
        environment=session.target.environment,
        release=release,
        hosts=hosts,
        diffs=tuple(fold(diffs)),
        missing=seen.missing,
        changed=changed,
    )


def masker_of(desired: Mapping[str, Desired]) -> Masker:
    """What hides every secret of every host: they may turn up anywhere."""
    return Masker(frozenset().union(*(item.secrets for item in desired.values())))


def _release(desired: Mapping[str, Desired]) -> str:
    """The id of what is to be deployed: of stored releases their own, else the one that all trees together give."""
    stored = {item.release for item in desired.values() if item.release}
    return ", ".join(sorted(stored)) or release_id({host: item.tree.digest for host, item in desired.items()})


def _content(action: Action, tree: RenderedTree, observed: Observed) -> tuple[bytes | None, bytes | None]:
    before = observed.content.get(action.path) if action.before.kind is Kind.FILE else None
    after = tree.content.get(action.after.sha256 or "") if action.after.kind is Kind.FILE else None
    return before, after


def _restart(plan: HostPlan, tree: RenderedTree, observed: Observed) -> tuple[str, ...]:
    reasons: list[str] = []
    for action in plan.changes:
        reasons += restart_reasons(action.path, *_content(action, tree, observed))
        if "/mods-enabled/mpm_" in action.path and action.path.endswith(".load"):
            reasons.append(f"{action.path}: another MPM")
    return tuple(sorted(set(reasons)))


def _diff(action: Action, tree: RenderedTree, observed: Observed, mask: Mask) -> Diff:
    if action.kind is ActionKind.ATTRIBUTES:
        return Diff(path=action.path, note=action.reason)
    if action.path in tree.secret_paths:
        return Diff(path=action.path, note="the content is secret: not shown")
    if Kind.LINK in (action.before.kind, action.after.kind):
        return Diff(path=action.path, note=_link_note(action))
    before, after = _content(action, tree, observed)
    if (action.before.kind is Kind.FILE and before is None) or (action.after.kind is Kind.FILE and after is None):
        return Diff(path=action.path, note="the content is kept on the host: not shown")
    return unified(action.path, before, after, mask)


def _changed(action: Action, diff: Diff, tree: RenderedTree, observed: Observed, mask: Mask) -> Changed:
    if not diff.text:
        return Changed(path=action.path, note=diff.note, origin=action.origin)
    old, new = ((content or b"").decode("utf-8") for content in _content(action, tree, observed))
    before, after = mask(old, new)
    return Changed(path=action.path, before=before, after=after, origin=action.origin)


def _link_note(action: Action) -> str:
    def shown(entry: Any) -> str:
        return f"link to {entry.target}" if entry.kind is Kind.LINK else str(entry.kind.value)

    return f"{shown(action.before)} -> {shown(action.after)}"


def _mask(masker: Masker, *, stored: bool = False) -> Mask:
    """Mask two texts; those that many hosts have alike are masked once.

    `stored`: the new text is that of a release from before, whose secrets may be those that were replaced since.
    """
    done: dict[tuple[str, str], tuple[str, str]] = {}

    def mask(old: str, new: str) -> tuple[str, str]:
        if (old, new) not in done:
            done[old, new] = masker.old_text(old, new), masker.old_text(new, old) if stored else masker.text(new)
        return done[old, new]

    return mask
