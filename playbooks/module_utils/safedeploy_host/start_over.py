"""The way on for a host whose records of what is deployed are damaged: they are put away, and what is live counts."""

from __future__ import annotations

import os

from . import by_hand, fsio
from .audit import STARTED_OVER
from .lock import locked
from .protocol import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .services import Services
    from .store import Store

WAIT = 30.0


def start_over(store: Store, services: Services, *, by: str) -> str | None:
    """Put the records away when one of them is damaged or missing; where to. None when all are in order.

    No file that httpd reads is changed, and no stored release is forgotten by this.
    """
    store.create()
    with locked(store.lock, WAIT):
        why = damage(store)
        if why is None:
            return None
        now = services.now()
        away = f"{store.directory}/damaged-{int(now)}"
        os.makedirs(away, mode=0o700, exist_ok=True)
        for record in (store.journal, store.state, store.adopted):
            if os.path.lexists(record.path):
                os.replace(record.path, f"{away}/{os.path.basename(record.path)}")
        fsio.sync_directory(away)
        fsio.sync_directory(store.directory)
        by_hand.forget(store)  # it would take a host without a state.json for stranded
        store.audit(STARTED_OVER, now, by=by, why=why, records=away)
        return away


def damage(store: Store) -> str | None:
    """What is wrong with the records, if anything."""
    try:
        store.state.load()
        store.adopted_entries()
        store.journal.read()
    except AgentError as error:
        return error.message
    return None
