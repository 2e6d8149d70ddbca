"""Records become rows, each once: what is there already is left as it is. The caller's transaction holds them all."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, exists, select, text, update

from safedeploy.adapters.history.inserting import insert
from safedeploy.adapters.history.tables import CHANGES, DOCUMENTS, EVENTS, HOST_TREES, RUNS, TEXTS, TREES
from safedeploy.core.history import MOST_REASON, Made, fit

Record = Mapping[str, Any]
GARBAGE_LOCK = 7_235_419_000_000_002
EVENT_KINDS = (
    "run-started", "provenance", "phase", "host", "rollout-started", "host-ended", "run-ended", "alert", "alert-lost",
    "damaged",
)  # fmt: skip


def deliver(connection: Connection, run: str, records: Sequence[Record]) -> None:
    """Write a run's records, whichever of them are there already. The first delivery of a run has its first record."""
    if connection.dialect.name == "postgresql":  # nobody may forget a tree that this relies on (prune.py)
        connection.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": GARBAGE_LOCK})
    known = {"run": run, **_scope(connection, run, records)}
    for record in records:
        work = _WORK.get(str(record.get("kind")))
        if work is not None:
            work(connection, known, record)
    events = [_event(run, record) for record in records if record.get("kind") in EVENT_KINDS]
    add(connection, EVENTS, events)


def add(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows that are not there yet."""
    if rows:
        fitting = [{key: _storable(value) for key, value in row.items()} for row in rows]
        connection.execute(insert(connection, table).on_conflict_do_nothing(), fitting)


def _storable(value: Any) -> Any:
    """A text without what a database refuses: halves of characters, and for PostgreSQL NUL."""
    if not isinstance(value, str):
        return value
    return value.encode("utf-8", "replace").decode().replace("\0", "")


def packed(value: Any) -> bytes:
    """A value as it is stored where it may be large."""
    return zlib.compress(json.dumps(value, separators=(",", ":"), sort_keys=True).encode(), 6)


def unpacked(body: bytes) -> Any:
    """The inverse of `packed`."""
    return json.loads(zlib.decompress(body))


def moment(text: Any) -> datetime:
    """A moment of a record; the beginning of time for one that was damaged."""
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except (ValueError, OverflowError):
        return datetime.fromtimestamp(0, UTC)


def _scope(connection: Connection, run: str, records: Iterable[Record]) -> dict[str, Any]:
    for record in records:
        if record.get("kind") == "run-started":
            return {key: str(record.get(key)) for key in ("project", "environment", "command")}
    columns = (RUNS.c.project, RUNS.c.environment, RUNS.c.command)
    row = connection.execute(select(*columns).where(RUNS.c.run == run)).mappings().first()
    return {"project": "", "environment": "", "command": ""} if row is None else dict(row)


def _started(connection: Connection, known: Mapping[str, Any], record: Record) -> None:
    """A run that had been rebuilt from the hosts until now is known better from here on."""
    values = {
        **known,
        "actor": fit(record.get("actor"), 200),
        "started": moment(record.get("at")),
        "version": str(record.get("version")),
        "reason": fit(record.get("reason"), MOST_REASON),
        "summary": "",
        "made": Made.RECORDED.value,
    }
    add(connection, RUNS, [values])
    rebuilt = (RUNS.c.run == known["run"], RUNS.c.made == Made.REBUILT.value)
    empty = {"ended": None, "exit_code": None, "error": None}
    if connection.execute(update(RUNS).where(*rebuilt).values({**values, **empty})).rowcount:
        connection.execute(delete(EVENTS).where(EVENTS.c.run == known["run"], EVENTS.c.seq < 0))


def _provenance(connection: Connection, known: Mapping[str, Any], record: Record) -> None:
    data = record.get("data") or {}
    values = {key: data.get(key) for key in ("commit", "branch", "dirty")}
    connection.execute(update(RUNS).where(RUNS.c.run == known["run"]).values(values))


def _rollout(connection: Connection, known: Mapping[str, Any], record: Record) -> None:
    release = (record.get("data") or {}).get("release")
    connection.execute(update(RUNS).where(RUNS.c.run == known["run"]).values(release=release))


def _ended(connection: Connection, known: Mapping[str, Any], record: Record) -> None:
    values = {
        "ended": moment(record.get("at")),
        "exit_code": record.get("exit_code"),
        "summary": fit(record.get("summary"), 500),
        "error": record.get("error"),
    }
    connection.execute(update(RUNS).where(RUNS.c.run == known["run"], RUNS.c.ended.is_(None)).values(values))


def _document(connection: Connection, known: Mapping[str, Any], record: Record) -> None:
    row = {"run": known["run"], "name": record["name"], "body": packed(record["document"])}
    add(connection, DOCUMENTS, [row])


def _tree(connection: Connection, _known: Mapping[str, Any], record: Record) -> None:
    digest = record["digest"]
    if connection.execute(select(exists().where(TREES.c.digest == digest))).scalar():
        return
    add(connection, TREES, [{"digest": digest, "body": packed(record["entries"])}])


def _text(connection: Connection, known: Mapping[str, Any], record: Record) -> None:
    scope = {"project": known["project"], "environment": known["environment"], "sha256": record["sha256"]}
    add(connection, TEXTS, [{**scope, "body": packed(record["text"])}])


def _host_tree(connection: Connection, known: Mapping[str, Any], record: Record) -> None:
    row = {key: record.get(key) for key in ("host", "end", "release", "tree", "before", "before_release")}
    row["at"] = moment(record.get("at"))
    if row["end"] == "held" and _decided_since(connection, known, row):
        row["end"] = "confirmed"
    scope = {key: known[key] for key in ("run", "project", "environment")}
    add(connection, HOST_TREES, [{**scope, **row}])
    changes = [{"run": known["run"], "host": row["host"], "path": path} for path in record.get("changed") or ()]
    add(connection, CHANGES, changes)


def _decided_since(connection: Connection, known: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether the run that confirmed what this one left held came here first."""
    found = connection.execute(
        select(EVENTS.c.data)
        .join(RUNS, RUNS.c.run == EVENTS.c.run)
        .where(
            RUNS.c.project == known["project"],
            RUNS.c.environment == known["environment"],
            RUNS.c.command == "confirm",
            EVENTS.c.host == row["host"],
            EVENTS.c.kind == "host-ended",
            EVENTS.c.result == "confirmed",
            EVENTS.c.at >= row["at"],
        )
    ).scalars()
    return any(data.get("release") == row["release"] for data in found)


def _host_ended(connection: Connection, known: Mapping[str, Any], record: Record) -> None:
    """A run that confirms what another one left held makes the files of that one count."""
    release = (record.get("data") or {}).get("release")
    if record.get("result") != "confirmed" or known["command"] != "confirm":
        return
    mine = (HOST_TREES.c.project == known["project"], HOST_TREES.c.environment == known["environment"])
    held = (HOST_TREES.c.host == record.get("host"), HOST_TREES.c.release == release, HOST_TREES.c.end == "held")
    before = HOST_TREES.c.at <= moment(record.get("at"))
    connection.execute(update(HOST_TREES).where(*mine, *held, before).values(end="confirmed"))


def _event(run: str, record: Record) -> dict[str, Any]:
    damaged = record.get("kind") == "damaged"
    data = record.get("data") or {}
    if record.get("kind") == "run-ended":
        data = {"exit_code": record.get("exit_code"), "error": record.get("error")}
    return {
        "run": run,
        "seq": record["seq"],
        "at": moment(record.get("at")),
        "kind": record["kind"],
        "host": record.get("host"),
        "phase": str(record.get("phase") or ""),
        "result": str(record.get("result") or ""),
        "text": "this event cannot be read any more" if damaged else fit(record.get("text") or ""),
        "data": data,
    }


_WORK: dict[str, Callable[[Connection, Mapping[str, Any], Record], None]] = {
    "run-started": _started,
    "provenance": _provenance,
    "rollout-started": _rollout,
    "run-ended": _ended,
    "document": _document,
    "tree": _tree,
    "text": _text,
    "host-tree": _host_tree,
    "host-ended": _host_ended,
}
