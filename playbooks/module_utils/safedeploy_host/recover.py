"""What a start of this program does before anything else: put right what an earlier one left when it died.

- A switch that was in flight is undone to the tree before it (a revert that was in flight is done again).
- An activation whose confirm window has passed without its dead-man having acted is reverted.
"""

from __future__ import annotations

from .put_back import put_back

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json
    from .services import Services
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


def recover(store: Store, services: Services, *, by: str = "recovery") -> Json | None:
    """Do what is due; return the result of the revert, or None. The lock is held. Raises AgentError(stranded)."""
    found = due(store, services.now())
    if found is None:
        return None
    record, cause = found
    return put_back(store, services, record, cause=cause, by=by)
