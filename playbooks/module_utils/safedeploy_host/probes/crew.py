"""A few threads that ask one probe after another until all are asked or the time is over."""

from __future__ import annotations

import queue
import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Sequence

    Json = dict[str, Any]

_GRACE = 0.5
_LOOK = 25


class Crew:
    """`one` gives a probe's Answer; `look` is called now and then, by one thread at a time."""

    def __init__(self, one: Callable[[Json], Json], look: Callable[[], None], deadline: float) -> None:
        self._one = one
        self._look = look
        self._deadline = deadline
        self._waiting: queue.SimpleQueue[Json] = queue.SimpleQueue()
        self._answers: dict[str, Json] = {}
        self._bugs: list[Exception] = []
        self._lock = threading.Lock()

    def run(self, probes: Sequence[Json], at_once: int) -> dict[str, Json]:
        """The Answers there are when the deadline (monotonic seconds) is over; a thread that hangs is left behind."""
        for probe in probes:
            self._waiting.put(probe)
        workers = [threading.Thread(target=self._work, daemon=True) for _ in range(min(max(1, at_once), len(probes)))]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(max(0.0, self._deadline - time.monotonic()) + _GRACE)
        with self._lock:
            # What comes later must not change what is returned.
            answers, self._answers = self._answers, {}
        if self._bugs:
            raise self._bugs[0]
        return answers

    def _work(self) -> None:
        try:
            while time.monotonic() < self._deadline:
                probe = self._waiting.get_nowait()
                answer = self._one(probe)
                with self._lock:
                    self._answers[probe["id"]] = answer
                    if self._waiting.qsize() % _LOOK == 0:
                        self._look()
        except queue.Empty:
            return
        except Exception as error:  # noqa: BLE001 -- raised again by run: the end of a thread would tell nobody
            self._bugs.append(error)
