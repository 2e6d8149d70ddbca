"""Signals become a request to stop, which the workflow answers where it is safe.

Outside a shield the first SIGINT, SIGTERM or SIGHUP raises KeyboardInterrupt at once. Inside a shield, and from the
first change of a host on, it is only noted: the rollout is cancelled, and the run goes on to settle and to say how it
ended. Every further one is only noted: it must not stop the clearing up that the first one has begun.

Interrupts nest. The outermost is the program's own, from its start to its very end; what an inner one has noted counts
for it, too.
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
        self._noting = False
        self._outer: Interrupt | None = None
        self._before: dict[signal.Signals, signal._HANDLER] = {}

    def __enter__(self) -> Self:
        for number in _SIGNALS:
            self._before[number] = signal.signal(number, self._caught)
        outer = getattr(self._before[signal.SIGTERM], "__self__", None)
        self._outer = outer if isinstance(outer, Interrupt) else None
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @property
    def requested(self) -> bool:
        """Whether the run was asked to stop."""
        return self.times > 0

    def _caught(self, _number: int, _frame: FrameType | None) -> None:
        first = not self.requested
        self._note()
        if first and not (self._shielded or self._noting):
            raise KeyboardInterrupt

    def _note(self) -> None:
        self.times += 1
        if self._outer is not None:
            self._outer._note()  # noqa: SLF001 - of the same class

    @classmethod
    @contextmanager
    def of_program(cls) -> Iterator[None]:
        """The outermost one. Afterwards the signals are ignored, also by what Python and its children do at the end."""
        interrupt = cls()
        interrupt.__enter__()
        try:
            yield
        finally:
            interrupt.only_note()
            for number in _SIGNALS:
                signal.signal(number, signal.SIG_IGN)

    def only_note(self) -> None:
        """Never raise again, nor does an outer one: something was changed, or the program is at its end."""
        self._noting = True
        if self._outer is not None:
            self._outer.only_note()

    @contextmanager
    def shield(self) -> Iterator[None]:
        """Only note signals inside; never raises because of one."""
        self._shielded = True
        try:
            yield
        finally:
            self._shielded = False
