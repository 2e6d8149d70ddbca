"""What each channel was told and has not gone yet: read and kept for one run, whatever becomes of the place.

When it cannot be read, everything counts as new: told twice is better than never told.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from safedeploy.adapters import open_alerts
from safedeploy.core.channels import Severity
from safedeploy.core.drift_alerts import Open
from safedeploy.workflows.session import Session


class Memory:
    """The memory of one environment. `trouble` says why it could not be used."""

    def __init__(self, session: Session) -> None:
        place = open_alerts.directory(os.environ)
        self._file = open_alerts.OpenAlerts(place, session.policy.project, session.target.environment)
        self.trouble: str | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One comparison at a time, so that two checks at once do not both tell of the same."""
        with ExitStack() as stack:
            try:
                stack.enter_context(self._file.turn())
            except OSError as error:
                self._note(error)
            yield

    def of(self, channel: str) -> dict[str, Open]:
        """What is open for a channel."""
        try:
            return self._file.of(channel)
        except OSError as error:
            self._note(error)
            return {}

    def put(self, channel: str, told: Mapping[str, tuple[Severity, str]], now: float, run: str) -> None:  # noqa: ARG002
        """A channel was told of these."""
        if told:
            try:
                self._file.put(channel, told, now)
            except OSError as error:
                self._note(error)

    def close(self, channel: str, keys: tuple[str, ...]) -> None:
        """A channel was told that these have gone."""
        if keys:
            try:
                self._file.close(channel, keys)
            except OSError as error:
                self._note(error)

    def _note(self, error: OSError) -> None:
        self.trouble = error.strerror or type(error).__name__
