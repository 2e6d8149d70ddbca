"""Read which runs changed which files on which hosts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from safedeploy.adapters.history import files, runs
from safedeploy.adapters.history.tables import CHANGES, EVENTS, HOST_TREES, RUNS
from safedeploy.core.changed_lines import Changed
from safedeploy.core.history import Run

MOST_RUNS = 50


def changing(connection: Connection, project: str, environment: str, since: datetime | None) -> list[Run]:
    """The runs that left other files on a host than they had found, the newest first; without `since` the last one."""
    query = (
        select(HOST_TREES.c.run)
        .where(HOST_TREES.c.project == project, HOST_TREES.c.environment == environment)
        .group_by(HOST_TREES.c.run)
    )
    if since is not None:
        query = query.where(HOST_TREES.c.at >= since)
    else:
        newest = query.with_only_columns(HOST_TREES.c.run, HOST_TREES.c.at).group_by(None)
        row = connection.execute(newest.order_by(HOST_TREES.c.at.desc()).limit(1)).first()
        return list(runs.by_ids(connection, [row.run]).values()) if row else []
    ids = [row.run for row in connection.execute(query)]
    found = runs.by_ids(connection, ids).values()
    return sorted(found, key=lambda one: one.started, reverse=True)[:MOST_RUNS]


def under_way(connection: Connection, project: str, environment: str, since: datetime) -> list[tuple[Run, list[str]]]:
    """The runs since then that began to change hosts, and whose end is not on record; each with its hosts."""
    query = (
        select(RUNS.c.run, EVENTS.c.data)
        .join(EVENTS, EVENTS.c.run == RUNS.c.run)
        .where(
            RUNS.c.project == project,
            RUNS.c.environment == environment,
            RUNS.c.started >= since,
            RUNS.c.ended.is_(None),
            EVENTS.c.kind == "rollout-started",
        )
    )
    hosts = {row.run: [str(host) for host in row.data.get("hosts") or ()] for row in connection.execute(query)}
    return [(run, hosts[name]) for name, run in runs.by_ids(connection, hosts).items()]


def of_run(connection: Connection, run: str) -> dict[str, list[str]]:
    """{host: [path]} of what a run changed."""
    found: dict[str, list[str]] = {}
    query = select(CHANGES.c.host, CHANGES.c.path).where(CHANGES.c.run == run).order_by(CHANGES.c.host, CHANGES.c.path)
    for row in connection.execute(query):
        found.setdefault(row.host, []).append(row.path)
    return found


def texts_of(connection: Connection, run: Run, host: str, paths: list[str]) -> list[Changed]:
    """The masked texts of a host's files before and after a run; those that nothing was kept of are left out."""
    query = select(HOST_TREES.c.before, HOST_TREES.c.tree).where(HOST_TREES.c.run == run.run, HOST_TREES.c.host == host)
    row = connection.execute(query).first()
    if row is None:
        return []
    trees = files.trees(connection, [row.before, row.tree])
    pairs = {
        path: tuple(str((trees.get(name, {}).get(path) or {}).get("sha256") or "") for name in (row.before, row.tree))
        for path in paths
    }
    wanted = {digest for pair in pairs.values() for digest in pair if digest}
    known = files.texts(connection, run.project, run.environment, wanted)
    return [
        Changed(path=path, before=known.get(before, ""), after=known.get(after, ""))
        for path, (before, after) in pairs.items()
        if (before in known or not before) and (after in known or not after) and (before or after)
    ]
