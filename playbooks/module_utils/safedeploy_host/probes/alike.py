"""What both shadows read of each body, in memory that they share: where they read the same, nobody need ask again.

The memory is made before the shadows are, and has no descriptor, so it is there inside of them. Each side writes its
own half and then says so; what is read half written looks like another body, which only costs a question.
"""

from __future__ import annotations

import mmap
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping, Sequence

    Json = dict[str, Any]

_SIZE = 32
_STEP = 0.01
# Both begin at the same time, and share a machine: one is rarely further behind.
PATIENCE = 1.0


class Bodies:
    """For the answers to these probes, of two sides."""

    def __init__(self, probes: Sequence[Json]) -> None:
        self.places = {probe["id"]: 1 + number * _SIZE for number, probe in enumerate(probes)}
        self.length = 1 + len(probes) * _SIZE
        self.memory = mmap.mmap(-1, 2 * self.length)

    def sides(self) -> tuple[Side, Side]:
        """The one and the other, each for a process of its own."""
        return Side(self, 0, self.length), Side(self, self.length, 0)

    def over(self) -> None:
        """One side has come to its end: if it has told nothing, the other need not wait for it."""
        self.memory[0] = self.memory[self.length] = 1


class Side:
    """One side's view: it writes at `own`, and reads the other's at `theirs`."""

    def __init__(self, bodies: Bodies, own: int, theirs: int) -> None:
        self._bodies = bodies
        self._own = own
        self._theirs = theirs

    def tell(self, answers: Mapping[str, Json]) -> None:
        """Write the shapes (body.shape) of all answers. Once."""
        memory = self._bodies.memory
        for name, found in answers.items():
            if found["shape"] is not None:
                place = self._own + self._bodies.places[name]
                memory[place : place + _SIZE] = bytes.fromhex(found["shape"])
        memory[self._own] = 1

    def told(self, deadline: float) -> bool:
        """Wait for the other side; whether it has told. No longer than PATIENCE, nor than the deadline (monotonic)."""
        end = min(deadline, time.monotonic() + PATIENCE)
        while not self._bodies.memory[self._theirs]:
            if time.monotonic() >= end:
                return False
            time.sleep(_STEP)
        return True

    def differs(self, name: str) -> bool:
        """Whether the other side has read another body, or none that is known."""
        own, theirs = self._own + self._bodies.places[name], self._theirs + self._bodies.places[name]
        memory = self._bodies.memory
        return bool(memory[own : own + _SIZE] != memory[theirs : theirs + _SIZE])
