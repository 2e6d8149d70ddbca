"""Records of a small run, and programs that write them: what the tests deliver and kill."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from safedeploy.adapters.history import runs as stored
from safedeploy.adapters.history.place import Place
from safedeploy.adapters.history.spool import Spool
from safedeploy.adapters.history.store import Store
from safedeploy.core.history import Event, Run
from safedeploy.workflows.delivery import Delivery

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCOPE = {"project": "www", "environment": "prod"}


def records(hosts: int = 3, *, command: str = "push", ended: bool = True, at: datetime = NOW) -> list[dict[str, Any]]:
    """The records of a run that confirms so many hosts."""

    def each() -> Iterator[dict[str, Any]]:
        yield {"kind": "run-started", "command": command, "actor": "anna@ops", "reason": "r", "version": "1", **SCOPE}
        yield {"kind": "provenance", "data": {"commit": "c" * 40, "branch": "main", "dirty": False}}
        if command == "push":
            yield {"kind": "rollout-started", "data": {"release": "aaaabbbbcccc", "hosts": ["web1"]}}
        for number in range(hosts):
            release = {"release": "aaaabbbbcccc", "seconds": 1.0}
            yield {"kind": "host-ended", "host": f"web{number}", "result": "confirmed", "text": "well", "data": release}
        if ended:
            document = {"format": "safedeploy-push", "hosts": {"web1": {"end": "confirmed"}}}
            yield {"kind": "document", "name": "result", "document": document}
            yield {"kind": "run-ended", "exit_code": 0, "error": None, "summary": f"{hosts} confirmed"}

    return [{"seq": n, "at": (at + timedelta(seconds=n)).isoformat(), **one} for n, one in enumerate(each())]


def write_one_by_one(at: Place, directory: Path, run: str, hosts: int, kill_after: int = -1) -> None:
    """A run as it happens: each record into the spool and on to the delivery; `kill_after` so many it dies."""
    every = records(hosts)
    spool = Spool(directory, run)
    delivery = Delivery(at, run, mine=lambda _: True, directory=directory)
    delivery.begin()
    for number, record in enumerate(every):
        if number == kill_after:
            os.kill(os.getpid(), signal.SIGKILL)
        spool.append([record])
        delivery.put([record])
    if delivery.end(60):
        spool.remove()
    else:
        sys.exit(delivery.trouble)


def recorded(at: Place, run: str) -> tuple[Run | None, list[Event]]:
    """What the store knows of a run."""
    with Store(at).reading() as connection:
        assert connection is not None
        return stored.by_ids(connection, [run]).get(run), stored.events(connection, run)
