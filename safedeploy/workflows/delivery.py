"""Brings records to the store, in a thread of its own, so that a slow or dead store costs a run nothing.

What another run has left in the spool goes along. The thread is given up when the program ends: what had not arrived
by then is in the spool, and the next run delivers it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from safedeploy.adapters.history import spool
from safedeploy.adapters.history.place import Place, StoreError
from safedeploy.core.recording import Record

if TYPE_CHECKING:
    from safedeploy.adapters.history.store import Store

GATHER_SECONDS = 0.5
MOST_FAILURES = 3
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)


class Delivery:
    """The thread of one run. `mine` says of the first record of what another run left whether it is for this store.

    `when_idle` is called with the store once the first records are there.
    """

    def __init__(self, at: Place, run: str, *, mine: Callable[[Record], bool], directory: Path) -> None:
        self.when_idle: Callable[[Store], object] = lambda _store: None
        self._place, self._run, self._mine, self._directory = at, run, mine, directory
        self._changed = threading.Condition()
        self._records: list[Record] = []
        self._ending = False
        self._begun = False
        self.trouble: str | None = None
        self.finished = threading.Event()
        self._thread = threading.Thread(target=self._deliver, name="history", daemon=True)

    def begin(self) -> None:
        """Start to deliver: from now on the main thread waits for hosts most of the time."""
        with self._changed:
            if not self._begun:
                self._begun = True
                self._thread.start()

    def put(self, records: Sequence[Record]) -> None:
        """Have these delivered, soon."""
        with self._changed:
            self._records.extend(records)
            self._changed.notify()

    def end(self, seconds: float) -> bool:
        """Deliver what is left, for so many seconds at most; whether all of this run has arrived."""
        with self._changed:
            self._ending = True
            self._changed.notify()
        self.begin()
        self.finished.wait(seconds)
        with self._changed:
            return not self._records

    def _deliver(self) -> None:
        try:
            self._deliver_all()
        except Exception as error:  # noqa: BLE001 - a bug of the recording is told at the end, and disturbs nothing
            self.trouble = f"{type(error).__name__}: {error}"
        self.finished.set()

    def _deliver_all(self) -> None:
        from safedeploy.adapters.history.store import Store  # noqa: PLC0415 - takes a moment, and nobody waits for it

        store, pauses = Store(self._place), iter(PAUSES)
        looked = False
        while True:
            batch = self._batch()
            try:
                self._write(store, batch)
                self.trouble, pauses = None, iter(PAUSES)
                if not looked:
                    looked = True
                    bring_left(store, self._directory, self._mine)
                    self.when_idle(store)
            except StoreError as error:
                self.trouble = str(error)
                if not self._ending:
                    self._pause(next(pauses, PAUSES[-1]))
                    continue
            if self._ending and (self.trouble or not self._records):
                break
        store.close()

    def _batch(self) -> list[Record]:
        """What there is to deliver. Waits until there is something, and a little longer, for more to come along."""
        with self._changed:
            self._changed.wait_for(lambda: self._records or self._ending)
            if not self._ending:
                self._changed.wait_for(lambda: self._ending, timeout=GATHER_SECONDS)
            return list(self._records)

    def _write(self, store: Store, batch: list[Record]) -> None:
        from safedeploy.adapters.history.deliver import deliver  # noqa: PLC0415 - as above

        if batch:
            with store.writing() as connection:
                deliver(connection, self._run, batch)
        with self._changed:
            del self._records[: len(batch)]

    def _pause(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._ending, timeout=seconds)


def bring_left(store: Store, directory: Path, mine: Callable[[Record], bool]) -> int:
    """Deliver what dead runs have left and `mine` says is for this store; how many. Raises StoreError."""
    from safedeploy.adapters.history.deliver import deliver  # noqa: PLC0415 - as above

    brought = 0
    failed: list[StoreError] = []
    for path in spool.waiting(directory):
        with spool.left(path) as found:
            if found is None:
                continue
            if found.first is None:
                _put_aside(path)
            elif mine(found.first):
                try:
                    with store.writing() as connection:
                        deliver(connection, path.stem, found.records)
                except (KeyError, TypeError, ValueError, AttributeError):
                    _put_aside(path)  # no record of ours: it would be in the way of every run from now on
                except StoreError as error:
                    failed.append(error)
                else:
                    path.unlink(missing_ok=True)
                    brought += 1
        if len(failed) == MOST_FAILURES:
            break
    if failed:
        raise failed[0]
    return brought


def _put_aside(path: Path) -> None:
    """Nobody can tell whose it is: kept for a person, and out of the way. An empty one says nothing at all."""
    with suppress(OSError):
        if time.time() - path.stat().st_mtime > 1:
            path.rename(path.with_suffix(".damaged"))
