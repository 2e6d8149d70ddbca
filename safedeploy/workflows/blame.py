"""Which run set each line that is live now. Reads every host, and the history; changes neither.

What is live and was recorded is shown as it was recorded, masked. What was not is masked by the project's own secrets,
which are known by rendering it: where that fails, such lines are not shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from safedeploy.adapters.ansible.render import Renderer
from safedeploy.adapters.history import files
from safedeploy.adapters.history import runs as stored
from safedeploy.core.blamed import Blamed, Known, blamed
from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.core.history import Run
from safedeploy.core.line_history import Entries, HostTree, versions
from safedeploy.core.observed import Observed
from safedeploy.core.tree import ABSENT, Kind, Tree, tree_from_json
from safedeploy.workflows import rendering
from safedeploy.workflows.desired import Desired
from safedeploy.workflows.history import UNCHANGED, opened
from safedeploy.workflows.observe import Seen, observe
from safedeploy.workflows.planning import masker_of
from safedeploy.workflows.session import Session


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What the history has of an environment's files."""

    rows: Mapping[str, list[HostTree]] = field(default_factory=dict)
    trees: Mapping[str, Entries] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    runs: Mapping[str, Run] = field(default_factory=dict)

    def last(self, host: str) -> Entries:
        """What was recorded last of a host."""
        rows = self.rows.get(host)
        return self.trees.get(rows[-1].tree, {}) if rows else {}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Files by host, and the runs that they tell of; `missing` says why a host was not read."""

    files: tuple[Blamed, ...]
    runs: Mapping[str, Run]
    seen: Seen


def blame(session: Session, name: str | None) -> Answer:
    """Every managed file with its last change, or the lines of the one that `name` names.

    Raises SafedeployError `not-managed`, and those of the history.
    """
    recorded = _recorded(session)
    renderer = Renderer(session.target.project, session.policy, session.inventory)
    sites = {host.name: renderer.site(host) for host in session.hosts}
    if name is None:
        seen = observe(session, sites)
        return _answer(recorded, seen, {host: _paths(one) for host, one in seen.hosts.items()}, {}, lines=False)
    seen = observe(session, sites, {host: _known_content(recorded, host, name) for host in sites})
    paths = {host: [path for path in _paths(one) if _is(path, name)] for host, one in seen.hosts.items()}
    if seen.hosts and not any(paths.values()):
        raise _not_managed(name, session.target.environment)
    live = _live_texts(session, renderer, recorded, seen, paths)
    return _answer(recorded, seen, paths, live, lines=True)


def _recorded(session: Session) -> Recorded:
    policy = session.policy
    with opened(policy) as (store, _), store.reading() as connection:
        if connection is None:
            return Recorded()
        rows = files.host_trees(connection, policy.project, policy.environment)
        mine = {host.name for host in session.hosts}
        rows = {host: ones for host, ones in rows.items() if host in mine}
        every = [row for ones in rows.values() for row in ones]
        trees = files.trees(connection, {name for row in every for name in (row.tree, row.before)})
        digests = {str(one.get("sha256")) for tree in trees.values() for one in tree.values() if one.get("sha256")}
        return Recorded(
            rows=rows,
            trees=trees,
            texts=files.texts(connection, policy.project, policy.environment, digests),
            runs=stored.by_ids(connection, {row.run for row in every}),
        )


def _paths(observed: Observed) -> list[str]:
    """The managed paths of a host that are there."""
    managed = {**observed.adopted, **observed.current_tree}
    return sorted(path for path in managed if observed.live.get(path, ABSENT).kind in (Kind.FILE, Kind.LINK))


def _is(path: str, name: str) -> bool:
    return path == name or (not name.startswith("/") and path.endswith(f"/{name}"))


def _known_content(recorded: Recorded, host: str, name: str) -> Tree:
    """What the host need not send: all but the file that is asked for, and that one where its text is known."""
    known = {
        path: entry
        for path, entry in recorded.last(host).items()
        if not entry.get("private") and (not _is(path, name) or entry.get("sha256") in recorded.texts)
    }
    return tree_from_json(known)


def _live_texts(
    session: Session, renderer: Renderer, recorded: Recorded, seen: Seen, paths: Mapping[str, list[str]]
) -> dict[tuple[str, str], Known]:
    """The live text of each file that differs from what was recorded last, fit to be shown; None where it is not."""
    wanted = [
        (host, path)
        for host, some in paths.items()
        for path in some
        if seen.hosts[host].live[path].kind is Kind.FILE and seen.hosts[host].live[path].sha256 not in recorded.texts
    ]
    if not wanted:
        return {}
    desired, why = _rendered(session, renderer)
    return {(host, path): _live(session, desired, why, seen.hosts[host], path) for host, path in wanted}


def _rendered(session: Session, renderer: Renderer) -> tuple[dict[str, Desired] | None, str]:
    try:
        if any(renderer.needs_facts(host) for host in session.hosts):
            return None, "templates need facts, which only Ansible can gather"
        return rendering.render(session), ""
    except SafedeployError as error:
        return None, session.hide(f"{error.what.splitlines()[0]} ({error.code})")


def _live(session: Session, desired: dict[str, Desired] | None, why: str, observed: Observed, path: str) -> Known:
    if desired is None:
        return Known(note=f"what is secret in it is not known: {why}")
    if any(path in item.tree.secret_paths for item in desired.values()):
        return Known(note="the content is secret")
    content = observed.content.get(path)
    if content is None:
        return Known(note="the host did not send it (too large, or not readable)")
    tree = desired[observed.host].tree
    entry = tree.entries.get(path)
    rendered = tree.content.get(entry.sha256 or "") if entry is not None else None
    if rendered is None:
        return Known(note="the project does not render it: what is secret in it is not known")
    try:
        masked = masker_of(desired).old_text(content.decode("utf-8"), rendered.decode("utf-8"))
    except UnicodeDecodeError:
        return Known(note="it is not text")
    return Known(text=session.hide(masked))


def _answer(
    recorded: Recorded,
    seen: Seen,
    paths: Mapping[str, list[str]],
    live: Mapping[tuple[str, str], Known],
    *,
    lines: bool,
) -> Answer:
    found = []
    for host, some in paths.items():
        observed = seen.hosts[host]
        for path in some:
            known = versions(path, recorded.rows.get(host, []), recorded.trees)
            text = live.get((host, path), Known())
            found.append(blamed(observed, path, known, recorded.texts, text, lines=lines))
    return Answer(files=tuple(found), runs=recorded.runs, seen=seen)


def _not_managed(name: str, environment: str) -> SafedeployError:
    return SafedeployError(
        "not-managed",
        f"{name} is no file that safedeploy manages on any host of {environment}",
        state=UNCHANGED.replace("No host was asked, and nothing", "Nothing"),
        next_step=f"safedeploy blame {environment} lists those that are; give the path as on the host, or its end.",
        exit_code=ExitCode.USAGE,
    )
