"""What a start of this program must put right first, told from the records alone."""

from __future__ import annotations

from . import window
from .protocol import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json
    from .services import Services
    from .store import Store


def due(store: Store, services: Services) -> tuple[Json, str] | None:
    """The activation that must be undone, with the reason; None when the host is in order."""
    return interrupted(store) or _unconfirmed(store, services)


def interrupted(store: Store) -> tuple[Json, str] | None:
    """The activation that died in the middle, or whose revert did.

    One that has not proven itself must not wait for a confirmation: httpd may not have loaded it, and who confirms
    would be told of the earlier configuration's health.
    """
    died = "was interrupted: the program or the host died in the middle of it"
    pending: Json | None = None
    try:
        intent = store.journal.read()
    except AgentError:
        # Something was in flight. It can only be what is pending, when something is; else nobody knows.
        pending = store.state.load()["pending"]
        if pending is None:
            raise
        return pending, "a change was interrupted, and the record of it is damaged"
    if intent is not None:
        return intent["record"], f"the {'switch' if intent['kind'] == 'activate' else 'revert'} {died}"
    pending = store.state.load()["pending"]
    if pending is not None and not pending.get("complete", True):  # an earlier version did not say
        return pending, f"the activation {died}"
    return None


def _unconfirmed(store: Store, services: Services) -> tuple[Json, str] | None:
    pending = store.state.load()["pending"]
    why = window.ended(pending, services) if pending is not None else None
    return (pending, why) if why is not None else None
