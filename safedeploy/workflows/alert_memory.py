"""What a channel was told and has not gone yet, whatever becomes of the place where that is kept.

It is kept with the history, so that machines which share that tell of it once; in a file of this user while the history
cannot be used, or is switched off. Whatever cannot be read counts as new: told twice is better than never told.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, TypeVar

from safedeploy.adapters import open_alerts
from safedeploy.adapters.history.place import Place, StoreError, place
from safedeploy.core.channels import Severity
from safedeploy.core.drift_alerts import Open
from safedeploy.workflows.session import Session

if TYPE_CHECKING:
    from safedeploy.adapters.history.channel_memory import ChannelMemory

Told = Mapping[str, tuple[Severity, str]]
T = TypeVar("T")


class Memory:
    """The memory of one channel during one run.

    `store_trouble` says why the history cannot be used; `trouble` why what was told could not be kept at all.
    """

    def __init__(self, session: Session, channel: str) -> None:
        policy = session.policy
        self._channel, self._run = channel, session.identity.run
        self._project, self._environment = policy.project, policy.environment
        self._file = open_alerts.OpenAlerts(open_alerts.directory(os.environ), self._project, self._environment)
        self._store: ChannelMemory | None = None
        self._place: Place | None = None
        self.trouble: str | None = None
        self.store_trouble: str | None = None
        if policy.history.enabled:
            try:
                self._place = place(policy.history)
            except StoreError as error:
                self.store_trouble = str(error)
            else:
                session.know(self._place.secrets)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One comparison at a time on this machine."""
        with ExitStack() as stack:
            try:
                stack.enter_context(self._file.turn())
            except OSError as error:
                self._note(error)
            yield

    def known(self, now: float) -> dict[str, Open]:
        """What is open, by its key."""
        found = self._in_file(lambda file: file.of(self._channel)) or {}
        return {**found, **(self._in_store(lambda store: store.known(now)) or {})}

    def claim(self, told: Told, now: float) -> set[str]:
        """Keep others from telling of these meanwhile; the keys that somebody else was quicker with."""
        return (self._in_store(lambda store: store.claim(told, now)) or set()) if told else set()

    def give_back(self, keys: Iterable[str], now: float) -> None:
        """The channel was not told of these after all."""
        given = list(keys)
        if given:
            self._in_store(lambda store: store.close(given, now))

    def put(self, told: Told, now: float) -> None:
        """The channel was told of these."""
        if not told:
            return
        self._in_store(lambda store: store.put(told, now))
        if self._usable is None:
            self._in_file(lambda file: file.put(self._channel, told, now), needed=True)

    def close(self, keys: Iterable[str], now: float) -> None:
        """These have gone."""
        gone = list(keys)
        if gone:
            self._in_store(lambda store: store.close(gone, now))
            self._in_file(lambda file: file.close(self._channel, gone))

    @property
    def _usable(self) -> Place | None:
        return None if self.store_trouble is not None else self._place

    def _in_store(self, work: Callable[[ChannelMemory], T]) -> T | None:
        """None when there is no history, or it cannot be used; it is then not asked again in this run."""
        if self._usable is None:
            return None
        from safedeploy.adapters.history.channel_memory import ChannelMemory  # noqa: PLC0415 - SQLAlchemy takes a while

        try:
            if self._store is None:
                self._store = ChannelMemory(
                    self._usable,
                    project=self._project,
                    environment=self._environment,
                    channel=self._channel,
                    run=self._run,
                )
            return work(self._store)
        except StoreError as error:
            self.store_trouble = str(error)
            return None

    def _in_file(self, work: Callable[[open_alerts.OpenAlerts], T], *, needed: bool = False) -> T | None:
        try:
            return work(self._file)
        except OSError as error:
            if needed or self._usable is None:
                self._note(error)
            return None

    def _note(self, error: OSError) -> None:
        self.trouble = error.strerror or type(error).__name__
