"""How fast may be asked: so many a second at most, over all that ask."""

from __future__ import annotations

import threading
import time


class Pace:
    """Gives out moments, 1 / `rate` seconds apart; a burst of `at_once` may come at once. Safe for threads."""

    def __init__(self, rate: float, at_once: int = 1) -> None:
        self._apart = 1.0 / rate if rate > 0 else 0.0
        self._slack = self._apart * max(0, at_once - 1)
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self, deadline: float) -> bool:
        """Wait for the next moment; false when it comes only after the deadline (monotonic seconds)."""
        with self._lock:
            now = time.monotonic()
            moment = max(self._next, now - self._slack)
            if moment > deadline or now >= deadline:
                return False
            self._next = moment + self._apart
        if moment > now:
            time.sleep(moment - now)
        return True
