"""Which alerts are open, for everybody who shares the store: an alert that many find is told once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from safedeploy.adapters.history.inserting import insert
from safedeploy.adapters.history.store import Store
from safedeploy.adapters.history.tables import ALERTS


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One alert. `last_sent_at` is None while nobody has been told; `run` is the one that found it."""

    project: str
    environment: str
    key: str
    severity: str
    text: str
    opened_at: datetime
    last_sent_at: datetime | None = None
    closed_at: datetime | None = None
    run: str | None = None


def open_alerts(store: Store, project: str, environment: str) -> dict[str, Alert]:
    """The open alerts of an environment by their keys. Raises StoreError."""
    mine = (ALERTS.c.project == project, ALERTS.c.environment == environment, ALERTS.c.closed_at.is_(None))
    with store.reading() as connection:
        if connection is None:
            return {}
        rows = connection.execute(select(ALERTS).where(*mine).order_by(ALERTS.c.opened_at)).mappings()
        return {row["key"]: Alert(**row) for row in rows}


def opened_since(connection: Connection, project: str, environment: str, since: datetime) -> list[Alert]:
    """The alerts that were opened since a moment, open or not, the oldest first."""
    mine = (ALERTS.c.project == project, ALERTS.c.environment == environment, ALERTS.c.opened_at >= since)
    rows = connection.execute(select(ALERTS).where(*mine).order_by(ALERTS.c.opened_at)).mappings()
    return [Alert(**row) for row in rows]


def put_alert(store: Store, alert: Alert) -> bool:
    """Have this alert open; whether it was not before. Of several who put it at once exactly one is told so.

    Severity and text of one that is open already become these; when it was opened and last sent stays. Raises
    StoreError.
    """
    return bool(put_alerts(store, [alert]))


def put_alerts(store: Store, alerts: Iterable[Alert]) -> set[str]:
    """The same for several of one environment, all or none of them: the keys of those that were not open before."""
    with store.writing() as connection:
        # In one order, so that no two writers wait for each other.
        ordered = sorted(alerts, key=lambda alert: alert.key)
        return {alert.key for alert in ordered if _put(connection, alert)}


def _put(connection: Connection, alert: Alert) -> bool:
    row = {
        "project": alert.project,
        "environment": alert.environment,
        "key": alert.key,
        "severity": alert.severity,
        "text": alert.text,
        "opened_at": alert.opened_at,
        "last_sent_at": alert.last_sent_at,
        "closed_at": None,
        "run": alert.run,
    }
    mine = (
        ALERTS.c.project == alert.project,
        ALERTS.c.environment == alert.environment,
        ALERTS.c.key == alert.key,
    )
    added = insert(connection, ALERTS).values(row).on_conflict_do_nothing().returning(ALERTS.c.key)
    if connection.execute(added).first() is not None:
        return True
    again = update(ALERTS).where(*mine, ALERTS.c.closed_at.is_not(None)).values(row).returning(ALERTS.c.key)
    if connection.execute(again).first() is not None:
        return True
    connection.execute(update(ALERTS).where(*mine).values(severity=alert.severity, text=alert.text))
    return False


def sent_alert(store: Store, project: str, environment: str, key: str, at: datetime) -> None:
    """Remember that people were told of it. Raises StoreError."""
    sent_alerts(store, project, environment, [key], at)


def sent_alerts(store: Store, project: str, environment: str, keys: Iterable[str], at: datetime) -> None:
    """The same for several."""
    mine = (ALERTS.c.project == project, ALERTS.c.environment == environment)
    with store.writing() as connection:
        for key in sorted(keys):
            connection.execute(update(ALERTS).where(*mine, ALERTS.c.key == key).values(last_sent_at=at))


def close_alert(store: Store, project: str, environment: str, key: str, at: datetime) -> bool:
    """Have this alert closed; whether it was open. Of several who close it at once exactly one is told so.

    Raises StoreError.
    """
    return bool(close_alerts(store, project, environment, [key], at))


def close_alerts(store: Store, project: str, environment: str, keys: Iterable[str], at: datetime) -> set[str]:
    """The same for several: the keys of those that were open."""
    mine = (ALERTS.c.project == project, ALERTS.c.environment == environment, ALERTS.c.closed_at.is_(None))
    closed: set[str] = set()
    with store.writing() as connection:
        for key in sorted(keys):
            one = update(ALERTS).where(*mine, ALERTS.c.key == key).values(closed_at=at).returning(ALERTS.c.key)
            if connection.execute(one).first() is not None:
                closed.add(key)
    return closed
