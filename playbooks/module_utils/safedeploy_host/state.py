"""What is deployed on this host: the record `state.json`, replaced atomically.

null --activate--> pending --confirm--> known-good
                      |
                      +--revert (own, dead-man, asked)--> before --(does not verify)--> known-good, older, stranded
"""

from __future__ import annotations

from . import records

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .audit import Audit
    from .protocol import Json

EMPTY: Json = {
    "schema": 1,
    "current": None,
    "known_good": None,
    "since": None,
    "by": None,
    "run": None,
    "history": [],
    "pending": None,
    "last": None,
    "loaded": None,
    "stranded": None,
}


class State:
    """The record `state.json`; docs/architecture.md, section 4, has its members."""

    def __init__(self, path: str, log: Audit) -> None:
        self.path = path
        self.log = log

    def load(self) -> Json:
        """The present state; the empty one before the first activation. Raises AgentError(object-corrupt)."""
        found = records.load(self.path)
        if found is None and self.log.tells_of_activations():
            raise records.damaged(self.path, "is missing, though audit.jsonl tells of activations on this host")
        return {**EMPTY, "history": [], **(found or {})}

    def save(self, state: Json) -> None:
        """Replace the state."""
        records.save(self.path, state)


def previous_known_good(state: Json) -> str | None:
    """The known-good release before the present one, or None."""
    earlier = [item["release"] for item in state["history"] if item["release"] != state["known_good"]]
    return earlier[-1] if earlier else None
