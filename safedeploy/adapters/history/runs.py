"""Read runs, their events and documents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, RowMapping, exists, func, or_, select

from safedeploy.adapters.history.deliver import unpacked
from safedeploy.adapters.history.tables import CHANGES, DOCUMENTS, EVENTS, RUNS
from safedeploy.core.history import Event, Made, Run, Wanted

LAST = "last"
MOST_EVENTS = 20_000


def runs(connection: Connection, wanted: Wanted) -> list[Run]:
    """The runs that are wanted, the newest first."""
    query = select(RUNS).where(RUNS.c.project == wanted.project, RUNS.c.environment == wanted.environment)
    if wanted.since is not None:
        query = query.where(RUNS.c.started >= wanted.since)
    if wanted.command is not None:
        query = query.where(RUNS.c.command == wanted.command)
    if wanted.host is not None:
        query = query.where(exists().where(EVENTS.c.run == RUNS.c.run, EVENTS.c.host == wanted.host))
    if wanted.path is not None:
        query = query.where(exists().where(CHANGES.c.run == RUNS.c.run, CHANGES.c.path == wanted.path))
    if wanted.failed:
        query = query.where(or_(RUNS.c.exit_code.is_(None), RUNS.c.exit_code.not_in((0, 8))))
    newest = query.order_by(RUNS.c.started.desc(), RUNS.c.run.desc()).limit(wanted.limit)
    return [_run(row) for row in connection.execute(newest).mappings()]


def named(connection: Connection, project: str, name: str, environments: Iterable[str]) -> list[Run]:
    """The runs whose id begins so, three at most; for LAST the newest one."""
    query = select(RUNS).where(RUNS.c.project == project, RUNS.c.environment.in_(list(environments)))
    if name == LAST:
        query = query.order_by(RUNS.c.started.desc(), RUNS.c.run.desc()).limit(1)
    else:
        query = query.where(func.substr(RUNS.c.run, 1, len(name)) == name).order_by(RUNS.c.run).limit(3)
    return [_run(row) for row in connection.execute(query).mappings()]


def by_ids(connection: Connection, ids: Iterable[str]) -> dict[str, Run]:
    """These runs, by their ids."""
    query = select(RUNS).where(RUNS.c.run.in_(sorted(set(ids))))
    return {row["run"]: _run(row) for row in connection.execute(query).mappings()}


def events(connection: Connection, run: str) -> list[Event]:
    """What happened in a run, in its order; what hosts said of it themselves stands where its time is."""
    query = select(EVENTS).where(EVENTS.c.run == run).order_by(EVENTS.c.at, EVENTS.c.seq).limit(MOST_EVENTS)
    return [Event(**row) for row in connection.execute(query).mappings()]


def documents(connection: Connection, run: str) -> dict[str, Any]:
    """The documents of a run by their names: `plan`, `result`."""
    query = select(DOCUMENTS.c.name, DOCUMENTS.c.body).where(DOCUMENTS.c.run == run)
    return {row.name: unpacked(row.body) for row in connection.execute(query)}


def ends_of_unended(connection: Connection, ids: Iterable[str]) -> dict[str, list[Event]]:
    """The hosts whose end was recorded in runs that have none themselves, and each run's last event."""
    found: dict[str, list[Event]] = {}
    for run in ids:
        every = events(connection, run)
        found[run] = [event for event in every if event.kind == "host-ended"] + every[-1:]
    return found


def _run(row: RowMapping) -> Run:
    return Run(**{**row, "made": Made(row["made"])})
