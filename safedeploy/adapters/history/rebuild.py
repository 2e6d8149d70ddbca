"""Put into the store what hosts tell of runs: what is missing there, each once, and nothing over what was recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select, update

from safedeploy.adapters.history.deliver import Record, add, moment, packed
from safedeploy.adapters.history.tables import CHANGES, EVENTS, HOST_TREES, RUNS, TEXTS, TREES
from safedeploy.core.history import Event, Made, Run


def put_rebuilt(connection: Connection, runs: Sequence[Run], events: Sequence[Event], files: Sequence[Record]) -> int:
    """Insert what is missing; how many runs that were. A recorded run that has ended keeps its own events alone."""
    before = set(connection.execute(select(RUNS.c.run)).scalars())
    add(connection, RUNS, [{**_row(run), "made": run.made.value} for run in runs])
    open_ones = set(
        connection.execute(
            select(RUNS.c.run).where((RUNS.c.made == Made.REBUILT.value) | RUNS.c.ended.is_(None)).with_for_update()
        ).scalars()
    )
    add(connection, EVENTS, [_event(event) for event in events if event.run in open_ones])
    for run in runs:  # a second look may know more of a run that was rebuilt before
        rebuilt = (RUNS.c.run == run.run, RUNS.c.made == Made.REBUILT.value)
        known = {"ended": run.ended, "exit_code": run.exit_code, "summary": run.summary}
        connection.execute(update(RUNS).where(*rebuilt).values(known))
    scopes = {run.run: {"project": run.project, "environment": run.environment} for run in runs}
    for record in files:
        _file(connection, scopes, record)
    return len({run.run for run in runs} - before)


def _file(connection: Connection, scopes: Mapping[str, Mapping[str, str]], record: Record) -> None:
    if record["kind"] == "tree":
        add(connection, TREES, [{"digest": record["digest"], "body": packed(record["entries"])}])
        return
    if record["kind"] == "text":
        row = {key: record[key] for key in ("project", "environment", "sha256")}
        add(connection, TEXTS, [{**row, "body": packed(record["text"])}])
        return
    names = ("run", "host", "end", "release", "tree", "before", "before_release")
    row = {**scopes[record["run"]], **{name: record[name] for name in names}, "at": moment(record["at"])}
    add(connection, HOST_TREES, [row])
    mine = (HOST_TREES.c.run == record["run"], HOST_TREES.c.host == record["host"], HOST_TREES.c.end == "held")
    connection.execute(update(HOST_TREES).where(*mine).values(end="confirmed"))
    changes = [{"run": record["run"], "host": record["host"], "path": path} for path in record["changed"]]
    add(connection, CHANGES, changes)


def _row(run: Run) -> dict[str, Any]:
    return {name: getattr(run, name) for name in Run.__dataclass_fields__}


def _event(event: Event) -> dict[str, Any]:
    return {**{name: getattr(event, name) for name in Event.__dataclass_fields__}, "data": dict(event.data)}
