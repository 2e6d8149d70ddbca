"""How fast may be asked: so many a second, over all that ask, after a first burst."""

from __future__ import annotations

import threading
import time

BURST = 0.5


class Pace:
    """Gives out moments, 1 / `rate` seconds apart: half a second's worth may come at once. Safe for threads."""

    def __init__(self, rate: float) -> None:
        self._apart = 1.0 / rate if rate > 0 else 0.0
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self, deadline: float) -> bool:
        """Wait for the next moment; false when it comes only after the deadline (monotonic seconds)."""
        with self._lock:
            now = time.monotonic()
            moment = max(self._next, now - BURST)
            if moment > deadline or now >= deadline:
                return False
            self._next = moment + self._apart
        if moment > now:
            time.sleep(moment - now)
        return True
