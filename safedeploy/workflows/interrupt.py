"""Signals become a request to stop, which the workflow answers where it is safe.

Outside a shield the first SIGINT, SIGTERM or SIGHUP raises KeyboardInterrupt at once. Inside a shield (from the first
change of a host until its true state is known) it is only noted: the rollout is cancelled, and the run goes on to
settle.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupt:
    """A context manager that owns the process's stop signals; `times` is how many have come."""

    def __init__(self) -> None:
        self.times = 0
        self._shielded = False
        self._before: dict[signal.Signals, signal._HANDLER] = {}

    def __enter__(self) -> Self:
        for number in _SIGNALS:
            self._before[number] = signal.signal(number, self._caught)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @property
    def requested(self) -> bool:
        """Whether the run was asked to stop."""
        return self.times > 0

    def _caught(self, _number: int, _frame: FrameType | None) -> None:
        self.times += 1
        if not self._shielded:
            raise KeyboardInterrupt

    @contextmanager
    def shield(self) -> Iterator[None]:
        """Only note signals inside; never raises because of one."""
        self._shielded = True
        try:
            yield
        finally:
            self._shielded = False
