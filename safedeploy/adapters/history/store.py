"""An open store: a connection for reading or writing, with short limits, and one kind of error.

Nothing here waits long: a push must not. Whatever goes wrong is a StoreError with one line that holds no secret.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from safedeploy.adapters.history import schema
from safedeploy.adapters.history.place import Place, StoreError
from safedeploy.core.plain_text import plain_text

CONNECT_SECONDS = 3
BUSY_SECONDS = 5
STATEMENT_SECONDS = 10


class Store:
    """One store. Opens nothing before it is used; `close` lets go of it. Each thread has a store of its own."""

    def __init__(self, at: Place) -> None:
        self.place = at
        self._engine: Engine | None = None
        self._ready = False

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes, with the tables brought up to date before. Raises StoreError."""
        with self._errors():
            engine = self._open()
            if not self._ready:
                with engine.execution_options(safedeploy_writes=True).begin() as connection:
                    schema.bring_up_to_date(connection)
                self._ready = True
            with engine.execution_options(safedeploy_writes=True).begin() as connection:
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection | None]:
        """A transaction that reads; None when nothing was ever recorded there. Raises StoreError."""
        with self._errors():
            file = self.place.file
            if file is not None and not file.exists():
                yield None
                return
            with self._open().begin() as connection:
                if schema.version(connection) is None:
                    yield None
                    return
                behind = not schema.is_current(connection)
                if not behind:
                    yield connection
            if behind:  # an older safedeploy made it: bring it up to date, and read then
                with self.writing() as connection:
                    yield connection

    def close(self) -> None:
        """Let go of it."""
        if self._engine is not None:
            with suppress(Exception):
                self._engine.dispose()
        self._engine, self._ready = None, False

    def _open(self) -> Engine:
        if self._engine is None:
            self._engine = _sqlite(self.place) if self.place.file is not None else _postgresql(self.place)
        return self._engine

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error, OSError, ModuleNotFoundError) as error:
            self.close()
            raise StoreError(_told(error, self.place)) from error


def _told(error: BaseException, at: Place) -> str:
    if isinstance(error, ModuleNotFoundError):
        return f"PostgreSQL needs psycopg, which is not installed ({error}): pip install 'safedeploy[postgresql]'"
    cause = getattr(error, "orig", None) or error
    line = next((line.strip() for line in plain_text(str(cause)).splitlines() if line.strip()), type(cause).__name__)
    for secret in at.secrets:
        line = line.replace(secret, "********")
    return line[:300]


def _sqlite(at: Place) -> Engine:
    """The file of this user alone, made when it is missing."""
    file = at.file or Path()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
    engine = create_engine(at.url, poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        # Transactions are begun below: the driver's own would begin them too late for two writers.
        connection.isolation_level = None
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            with suppress(sqlite3.OperationalError):  # another one is about to, or it cannot be written
                connection.execute("PRAGMA journal_mode=WAL")
        # A spool is removed once its events are in here: they must be on the disk by then.
        connection.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("safedeploy_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(at: Place) -> Engine:
    engine = create_engine(
        at.url,
        poolclass=NullPool,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "safedeploy",
            "tcp_user_timeout": 1000 * STATEMENT_SECONDS,
            "keepalives_idle": STATEMENT_SECONDS,
            "prepare_threshold": None,  # a pooler between may give the next statement to another server
        },
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SET statement_timeout = '{STATEMENT_SECONDS}s'; SET lock_timeout = '{BUSY_SECONDS}s';"
                f" SET idle_in_transaction_session_timeout = '{2 * STATEMENT_SECONDS}s'"
            )
        connection.commit()

    return engine
