"""The switch of an activation to its release; back at once when somebody edits a file in that very moment.

journal -> switch -> state says so -> journal cleared
             |
             +-- a path is not what was looked at: its edit is put back, then everything else; httpd is never told
"""

from __future__ import annotations

from . import switch
from .clock import iso
from .kept_aside import Edits, Untouched
from .protocol import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json
    from .services import Services
    from .store import Store
    from .tree import Tree


class Undone(Exception):  # noqa: N818 -- not a failure of the release: nothing has changed
    """The switch was undone before anybody could see it; `refusal` says why."""

    def __init__(self, refusal: AgentError) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


def switch_over(store: Store, services: Services, pending: Json, goal: Tree, others: list[Json]) -> None:
    """Make `goal` live. Raises Undone; and AgentError, OSError, after which the activation must be put back."""
    store.journal.write({"kind": "activate", "activation": pending["activation"], "record": pending})
    try:
        switch.apply(store, goal, Untouched(store, pending, services.now()), make=pending["directories"])
    except AgentError as error:
        if error.code != "live-changed":
            raise
        _undo(store, services, pending, error.detail["paths"])
        raise Undone(error) from error
    pending["services"] = others
    state = store.state.load()
    who = {"since": iso(services.now()), "by": pending["by"], "run": pending["run"]}
    store.state.save({**state, "current": pending["release"], **who, "pending": pending})
    store.journal.clear()


def _undo(store: Store, services: Services, pending: Json, paths: list[str]) -> None:
    """Restore what was there, with the edit, which is live again, as a part of it."""
    edited = store.live(paths)
    store.keep_content(edited)
    record = {**pending, "before": {**pending["before"], **edited}}
    store.state.save({**store.state.load(), "pending": record})
    store.journal.write({"kind": "activate", "activation": record["activation"], "record": record})
    switch.apply(store, record["before"], Edits(store, record, services.now()), remove=record["directories"])
    store.state.save({**store.state.load(), "pending": None})
    store.journal.clear()
    store.audit("live-changed", services.now(), activation=record["activation"], release=record["release"], paths=paths)
