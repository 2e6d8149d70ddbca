"""What one channel was told of and has not gone, in the history's table of alerts: the key begins with its name.

A finding is *claimed* before it is told, so that of two checks at once only one tells of it: its row is open and was
never sent. A claim counts as none after a while: whoever made it has died. Every method raises StoreError.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from safedeploy.adapters.history import alerts
from safedeploy.adapters.history.place import Place
from safedeploy.adapters.history.store import Store
from safedeploy.core.channels import Severity
from safedeploy.core.drift_alerts import Open

CLAIMED = 60.0  # seconds


class ChannelMemory:
    """One channel of an environment during one run. Times are in seconds since 1970."""

    def __init__(self, at: Place, *, project: str, environment: str, channel: str, run: str) -> None:
        self._store = Store(at)
        self._project, self._environment, self._run = project, environment, run
        self._prefix = f"{channel}/"
        self._abandoned: set[str] = set()

    def known(self, now: float) -> dict[str, Open]:
        """What is open, by its key, with what somebody else is telling of just now."""
        found: dict[str, Open] = {}
        for full, row in alerts.open_alerts(self._store, self._project, self._environment).items():
            if not full.startswith(self._prefix):
                continue
            key, opened = full.removeprefix(self._prefix), row.opened_at.timestamp()
            if row.last_sent_at is None and now - opened > CLAIMED:
                self._abandoned.add(key)
                continue
            sent = opened if row.last_sent_at is None else row.last_sent_at.timestamp()
            found[key] = Open(key=key, severity=Severity(row.severity), text=row.text, opened=opened, sent=sent)
        return found

    def claim(self, told: Mapping[str, tuple[Severity, str]], now: float) -> set[str]:
        """Claim these; the keys that somebody else was quicker with."""
        rows = [self._row(key, severity, text, now) for key, (severity, text) in told.items()]
        mine = {full.removeprefix(self._prefix) for full in alerts.put_alerts(self._store, rows)}
        return told.keys() - mine - self._abandoned

    def put(self, told: Mapping[str, tuple[Severity, str]], now: float) -> None:
        """The channel was told of these."""
        rows = [self._row(key, severity, text, now) for key, (severity, text) in told.items()]
        alerts.put_alerts(self._store, rows)
        alerts.sent_alerts(self._store, self._project, self._environment, self._full(told), _moment(now))

    def close(self, keys: Iterable[str], now: float) -> None:
        """These are not open any more, or the channel was not told of them after all."""
        alerts.close_alerts(self._store, self._project, self._environment, self._full(keys), _moment(now))

    def _full(self, keys: Iterable[str]) -> list[str]:
        return [self._prefix + key for key in keys]

    def _row(self, key: str, severity: Severity, text: str, now: float) -> alerts.Alert:
        return alerts.Alert(
            project=self._project,
            environment=self._environment,
            key=self._prefix + key,
            severity=severity.value,
            text=text,
            opened_at=_moment(now),
            run=self._run,
        )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
