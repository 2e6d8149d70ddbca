"""What a start of this program must put right first, told from the records alone."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json
    from .store import Store


def due(store: Store, now: float) -> tuple[Json, str] | None:
    """The activation that must be undone, with the reason; None when the host is in order."""
    intent = store.journal.read()
    pending = store.state.load()["pending"]
    if intent is not None:
        kind = "switch" if intent["kind"] == "activate" else "revert"
        return intent["record"], f"the {kind} was interrupted: the program or the host died in the middle of it"
    if pending is not None and pending["deadline"] < now:
        return pending, "it was not confirmed within its window"
    return None
