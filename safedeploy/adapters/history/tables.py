"""The tables of the history, as of the newest version. Those who query them by hand find them in docs/history.md."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)


class Moment(TypeDecorator[datetime]):
    """A moment, always in UTC: SQLite has no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Into the database."""
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Out of the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """JSON as ASCII text: the same in every database, whatever characters it tells of."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Into the database."""
        return None if value is None else json.dumps(value, separators=(",", ":"), sort_keys=True)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002 - as above
        """Out of the database."""
        return None if value is None else json.loads(value)


METADATA = MetaData()

RUNS = Table(
    "runs",
    METADATA,
    Column("run", String, primary_key=True),
    Column("environment", String, nullable=False),
    Column("project", String, nullable=False),
    Column("command", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("started", Moment, nullable=False),
    Column("version", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("ended", Moment),
    Column("exit_code", Integer),
    Column("summary", Text, nullable=False),
    Column("error", Json),
    Column("release", String),
    Column("commit", String),
    Column("branch", String),
    Column("dirty", Boolean),
    Column("made", String, nullable=False),
    Index("runs_by_time", "project", "environment", "started"),
)

EVENTS = Table(
    "events",
    METADATA,
    Column("run", String, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("kind", String, nullable=False),
    Column("host", String),
    Column("phase", String, nullable=False),
    Column("result", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("data", Json, nullable=False),
    Index("events_by_host", "host", "run"),
)

# What a run's screen was made of: its plan and its result, compressed JSON.
DOCUMENTS = Table(
    "documents",
    METADATA,
    Column("run", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

# A host's managed files after a run that changed them, and before it; `end` is confirmed, or held until it is decided.
HOST_TREES = Table(
    "host_trees",
    METADATA,
    Column("run", String, primary_key=True),
    Column("host", String, primary_key=True),
    Column("project", String, nullable=False),
    Column("environment", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("end", String, nullable=False),
    Column("release", String),
    Column("tree", String, nullable=False),
    Column("before", String, nullable=False),
    Column("before_release", String),
    Index("host_trees_by_host", "project", "environment", "host", "at"),
)

TREES = Table(
    "trees",
    METADATA,
    Column("digest", String, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

CHANGES = Table(
    "changes",
    METADATA,
    Column("run", String, primary_key=True),
    Column("host", String, primary_key=True),
    Column("path", String, primary_key=True),
    Index("changes_by_path", "path", "run"),
)

# The masked text of a file, by the digest of what it really is. An environment does not see the texts of another.
TEXTS = Table(
    "texts",
    METADATA,
    Column("project", String, primary_key=True),
    Column("environment", String, primary_key=True),
    Column("sha256", String, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

# Alerts that are open (without `closed_at`), and those that were: one row of each key.
ALERTS = Table(
    "alerts",
    METADATA,
    Column("project", String, primary_key=True),
    Column("environment", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("opened_at", Moment, nullable=False),
    Column("severity", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("last_sent_at", Moment),
    Column("closed_at", Moment),
    Column("run", String),
)

MARKS = Table("marks", METADATA, Column("name", String, primary_key=True), Column("at", Moment, nullable=False))
