"""What is forgotten after a confirmation: old releases, and contents that nothing refers to any more.

Never forgotten: the known-good release, the one before it, the current one, whatever a revert in sight needs, the
adopted tree, and hand edits that were kept aside.
"""

from __future__ import annotations

from . import by_hand, install, kept_aside
from .objects import referenced
from .protocol import AgentError
from .releases import ADOPTED
from .state import previous_known_good

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json
    from .store import Store
    from .tree import Tree

HISTORY = 200


def kept_releases(state: Json, keep: int) -> set[str]:
    """The releases that stay: the last `keep` known-goods and everything that state refers to."""
    kept: list[str] = []
    for item in reversed(state["history"]):
        if item["release"] not in kept:
            kept.append(item["release"])
    records = [state["pending"], state["last"], (state["stranded"] or {}).get("record")]
    named = [state["current"], state["known_good"], previous_known_good(state)]
    for record in records:
        if record:
            named += [record["release"], record["before_release"]]
    return {release for release in [*kept[:keep], *named] if release and release != ADOPTED}


def prune(store: Store, keep: int) -> Json:
    """Forget what may be forgotten; return {releases, objects}, how many of each. The lock is held."""
    state = store.state.load()
    kept = kept_releases(state, keep)
    gone = [release for release in store.releases.names() if release not in kept]
    try:
        needed = referenced(_trees(store, state, kept))
    except AgentError:
        return {"releases": 0, "objects": 0}  # a record of what is needed is damaged: forget nothing on such grounds
    for release in gone:
        store.releases.delete(release)
    store.sync()  # no release may come back, after a loss of power, without its contents
    unneeded = [] if kept_aside.lost(store) else [name for name in store.objects.all() if name not in needed]
    objects = store.objects.delete(unneeded)
    install.prune(store)
    if not state["stranded"]:
        by_hand.forget(store)
    if len(state["history"]) > HISTORY:
        store.state.save({**state, "history": state["history"][-HISTORY:]})
    return {"releases": len(gone), "objects": objects}


def _trees(store: Store, state: Json, kept: set[str]) -> list[Tree]:
    trees = [store.releases.read(release)["entries"] for release in sorted(kept)]
    trees += [store.adopted_entries(), *kept_aside.trees(store)]
    journal = store.journal.read()
    records = [state["pending"], state["last"], (state["stranded"] or {}).get("record"), (journal or {}).get("record")]
    return trees + [record["before"] for record in records if record]
