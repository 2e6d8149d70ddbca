"""Take the configuration that runs on a fleet into a project, so that the first plan is empty.

Everything is tried in a copy of the project first: what is written there is rendered and planned against the hosts
before the project is touched. No host is changed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from safedeploy.adapters import project_tree
from safedeploy.adapters.ansible.render import Renderer, default_owner
from safedeploy.adapters.project_tree import Change
from safedeploy.core.adopt.choice import Choice, Left, LeftKind, Taken, choose
from safedeploy.core.adopt.project import Ground, Written, write
from safedeploy.core.adopt.survey import Survey, destination
from safedeploy.core.errors import SafedeployError
from safedeploy.core.layouts import KINDS
from safedeploy.core.tree import Kind
from safedeploy.workflows import adopt_ground, observe, planning, rendering, survey
from safedeploy.workflows.adopt_ground import Beginning
from safedeploy.workflows.events import Events
from safedeploy.workflows.planning import FleetPlan
from safedeploy.workflows.session import Session, Target


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What was asked for: `inventory` is one from elsewhere, to be copied into the project."""

    inventory: Path | None = None
    htaccess: bool = False
    everything: bool = False


@dataclass(frozen=True, kw_only=True)
class Adoption:
    """What was found and made of it. `plan` is the plan of the project with `change` in it."""

    hosts: tuple[str, ...]
    choice: Choice
    written: Written
    change: Change
    plan: FleetPlan
    notes: Mapping[str, tuple[str, ...]]

    @property
    def empty(self) -> bool:
        """Whether a push of the adopted project would change no file."""
        return not self.plan.differs


@contextlib.contextmanager
def adopted(target: Target, events: Events, wish: Wish) -> Iterator[Adoption]:
    """Find out what would be written. The project is not touched; `apply` does that."""
    beginning = adopt_ground.begin(target, wish.inventory)
    with project_tree.mirror(target.project, beginning.inventory, beginning.templates) as copy:
        project_tree.apply(copy, beginning.change)
        tried = replace(target, project=copy)
        with Session(tried, events) as session:
            found = _find(session, beginning, wish)
            choice, written = found.choice, found.written
            change = adopt_ground.written(copy, beginning, written, found.again)
            project_tree.apply(copy, change)
            with Session(tried, events) as after:
                plan = _plan(after, session)
            yield Adoption(
                hosts=tuple(host.name for host in session.hosts),
                choice=choice,
                written=written,
                change=adopt_ground.joined(beginning.change, change),
                plan=plan,
                notes={one.host: one.notes for one in found.surveys if one.notes},
            )


def apply(target: Target, adoption: Adoption) -> None:
    """Write it, wholly or not at all. Raises as `project_tree.apply`."""
    project_tree.apply(target.project, adoption.change)


@dataclass(frozen=True, kw_only=True)
class _Found:
    surveys: tuple[Survey, ...]
    choice: Choice
    written: Written
    again: str


def _find(session: Session, beginning: Beginning, wish: Wish) -> _Found:
    """Read the hosts, decide, and make the files."""
    policy = session.policy
    settings_of = Renderer(session.target.project, policy, session.inventory)
    sites = {host.name: settings_of.site(host) for host in session.hosts}
    read = survey.survey(session, sites, htaccess=wish.htaccess)
    _require_trees(read)
    managed = _managed(session, read)
    choice = choose(read.surveys, read.layouts, managed=managed, everything=wish.everything)
    contents, choice = _contents(session, read, choice)
    known = frozenset(name for host in session.hosts for name in host.variables)
    again = adopt_ground.again(known)
    groups: dict[str, list[str]] = {}
    for host in session.hosts:
        for group in host.groups:
            if group != "ungrouped":
                groups.setdefault(group, []).append(host.name)
    ground = Ground(
        environment=session.target.environment,
        hosts=[host.name for host in session.hosts],
        groups=groups,
        layouts=read.layouts,
        owners={host.name: default_owner(host) for host in session.hosts},
        known=known,
        live={one.host: {path: item.entry for path, item in one.entries.items()} for one in read.surveys},
        said=frozenset(kind for kind in KINDS for host in session.hosts if host.variables.get(f"safedeploy_{kind}")),
        found=read.found,
        there=adopt_ground.names_there(session.target.project, beginning.templates),
        again=again,
    )
    return _Found(surveys=read.surveys, choice=choice, written=write(choice, contents, ground), again=again)


def _require_trees(read: survey.Surveyed) -> None:
    lacking = [one for one in read.surveys if not one.exists]
    if lacking:
        lines = "\n".join(f"  {one.host}: {'; '.join(one.notes)}" for one in lacking)
        raise SafedeployError(
            "adopt-no-tree",
            f"nothing to adopt where httpd's configuration should be:\n{lines}",
            next_step="Set safedeploy_layout, or server_root in safedeploy_site, for these hosts (docs/variables.md).",
        )


def _managed(session: Session, read: survey.Surveyed) -> dict[str, list[str]]:
    """The destinations that the project declares already. Raises unless they are on the hosts as they are declared."""
    if not any(
        value and (name.startswith("safedeploy_files") or name.removeprefix("safedeploy_") in KINDS)
        for host in session.hosts
        for name, value in host.variables.items()
    ):
        return {}
    plan = _plan(session, session)
    if plan.differs:
        lines = [
            f"  {host}: {action.path}: {action.reason}" for host, one in plan.hosts.items() for action in one.changes
        ]
        more = [f"  and {len(lines) - 10} more"] if len(lines) > 10 else []
        raise SafedeployError(
            "adopt-project-differs",
            "the project declares files already, and they are not what is on the hosts:\n"
            + "\n".join([*lines[:10], *more]),
            next_step=f"`safedeploy plan {session.target.environment}` shows the differences: push them, or take these "
            "declarations out of the project; then adopt the rest.",
        )
    return {
        host: [destination(action.path, read.sites[host]["server_root"]) for action in one.actions]
        for host, one in plan.hosts.items()
    }


def _plan(session: Session, asked: Session) -> FleetPlan:
    """The plan of a session's project, over the connections of the one that is open."""
    wanted = rendering.render(session)
    seen = observe.observe(
        session,
        {host: item.site for host, item in wanted.items()},
        {host: item.tree.entries for host, item in wanted.items()},
        fleet=asked.fleet,
    )
    observe.require_all(seen)
    return planning.make_plan(session, wanted, seen)


def _contents(session: Session, read: survey.Surveyed, choice: Choice) -> tuple[dict[str, bytes], Choice]:
    """The contents of what is taken; what could not be read after all is left."""
    wanted: dict[str, list[tuple[str, str]]] = {}
    for taken in choice.taken:
        for host, entry in taken.entries.items():
            if entry.kind is Kind.FILE:
                root = read.sites[host]["server_root"]
                path = taken.path if taken.path.startswith("/") else f"{root}/{taken.path}"
                wanted.setdefault(str(entry.sha256), []).append((host, path))
    read_now = survey.contents(session, read.sites, wanted) if wanted else {}
    found = {digest: data for digest, data in read_now.items() if not _holds_secret(session, data)}
    kept: list[Taken] = []
    left = list(choice.left)
    for taken in choice.taken:
        gone = [host for host, one in taken.entries.items() if one.kind is Kind.FILE and str(one.sha256) not in found]
        secret = [host for host in gone if str(taken.entries[host].sha256) in read_now]
        if secret:  # on one host is secret everywhere
            gone = list(taken.entries)
            why = "holds a value that is a secret of this project (from a vault, or in safedeploy_secrets)"
            left.append(Left(path=taken.path, kind=LeftKind.SECRET, hosts=tuple(gone), why=why))
        elif gone:
            why = "could not be read whole: it changed meanwhile, or all together is too large"
            left.append(Left(path=taken.path, kind=LeftKind.UNFIT, hosts=tuple(gone), why=why))
        rest = {host: entry for host, entry in taken.entries.items() if host not in gone}
        if rest:
            kept.append(replace(taken, entries=rest))
    return found, replace(choice, taken=tuple(kept), left=tuple(left))


def _holds_secret(session: Session, data: bytes) -> bool:
    """Whether a content has in it what the project keeps secret."""
    text = data.decode("utf-8", "replace")
    return session.hide(text) != text
