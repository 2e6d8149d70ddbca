"""Hand edits that a revert would overwrite: kept in `objects/`, named in `kept_aside.json`."""

from __future__ import annotations

from . import records
from .clock import iso
from .protocol import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json
    from .store import Store
    from .tree import Tree

MOST = 100


def keep(store: Store, record: Json, now: float) -> list[Json]:
    """Keep the live entries that neither the activation nor the time before it explains; return them.

    A file that cannot be read or stored is named with `error`: a hand edit must not stop a revert.
    """
    before = record["before"]
    after = after_tree(store, record)
    kept = []
    for path, entry in store.live(before).items():
        if entry in (before[path], after.get(path)) or entry["kind"] not in ("file", "link"):
            continue
        item = {"path": path, "entry": entry, "activation": record["activation"], "at": iso(now)}
        if entry["kind"] == "file":
            try:
                store.keep_content({path: entry})
            except (OSError, AgentError) as error:
                item["error"] = str(error)
        kept.append(item)
    if kept:
        _remember(store, kept)
    return kept


def after_tree(store: Store, record: Json) -> Tree:
    """What the activation made of the live tree; empty when its manifest is gone."""
    try:
        return store.effective(record["release"])
    except AgentError:
        return {}


def trees(store: Store) -> list[Tree]:
    """The kept entries as trees, so that their objects are not pruned."""
    return [{item["path"]: item["entry"]} for item in (records.load(_path(store)) or {}).get("items", [])]


def _remember(store: Store, kept: list[Json]) -> None:
    items = (records.load(_path(store)) or {}).get("items", [])
    try:
        records.save(_path(store), {"items": [*items, *kept][-MOST:]})
    except OSError as error:
        for item in kept:
            item["error"] = str(error)


def _path(store: Store) -> str:
    return f"{store.directory}/kept_aside.json"
