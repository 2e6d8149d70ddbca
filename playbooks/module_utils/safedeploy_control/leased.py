"""The lease that a host takes for its preflight, where the run has none there.

It says so before it goes on, with the token and what it lacks. That is kept in the bundle as its answer to `prepare`
when it comes: whoever keeps leases alive, or gives them back, finds it there, whatever becomes of the preflight.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from . import reply
from .requests import PREPARED

if TYPE_CHECKING:
    from .bundle import Bundle, Json

# As the on-host program calls it.
PROGRESS = "prepared"


class Leased:
    """What one host says of it."""

    def __init__(self, bundle: Bundle, host: str) -> None:
        self._bundle = bundle
        self._host = host

    def heard(self, line: bytes) -> None:
        """Keep it while the host is still at work. Never raises: the whole answer has it again."""
        with contextlib.suppress(OSError):
            self.told(line.decode(errors="replace"))

    def told(self, text: str) -> None:
        """Keep it, if it is in all that the host has said. Raises OSError."""
        result = None if self.has else reply.told(text, PROGRESS)
        if result is not None and result.get("token"):
            self._bundle.write_answer(self._host, PREPARED, {"safedeploy": 1, "ok": True, "result": result})

    @property
    def has(self) -> bool:
        """Whether the host has taken the lease."""
        return self._bundle.result(self._host, PREPARED) is not None

    def lacks(self, answer: Json) -> bool:
        """Whether the host has gone no further because it lacks contents that it was not sent."""
        return answer["ok"] is not True and answer["error"]["code"] == "object-missing" and self.has
