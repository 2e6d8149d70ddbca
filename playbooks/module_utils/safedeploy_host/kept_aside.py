"""Hand edits that a revert would overwrite: kept in `objects/`, named in `kept_aside.json`."""

from __future__ import annotations

import shlex

from . import records
from .clock import iso
from .protocol import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json
    from .store import Store
    from .tree import Entry, Tree

MOST = 100  # of earlier activations


def keep(store: Store, record: Json, now: float) -> list[Json]:
    """Keep the live entries that neither the activation nor the time before it explains.

    Returns all that was kept of this activation, also by a revert that died. A file that cannot be read or stored is
    named with `error`: a hand edit must not stop a revert.
    """
    before = record["before"]
    after = after_tree(store, record)
    edited = {
        path: entry
        for path, entry in store.live(before).items()
        if entry not in (before[path], after.get(path)) and entry["kind"] in ("file", "link")
    }
    kept = [item(store, path, entry, record, now) for path, entry in edited.items()]
    for one in kept:
        if one["entry"]["kind"] == "file":
            try:
                store.keep_content({one["path"]: one["entry"]})
            except (OSError, AgentError) as error:
                one["error"] = str(error)
    return remember(store, record, kept)


def item(store: Store, path: str, entry: Entry, record: Json, now: float) -> Json:
    """What is recorded of one edit: also where its content is, and the command that puts it back."""
    there = shlex.quote(path)
    if entry["kind"] == "link":
        stored, restore = None, f"ln -sfn {shlex.quote(entry['target'])} {there}"
    else:
        stored = store.objects.path(entry["sha256"])
        owners = f"-m {entry['mode']} -o {shlex.quote(entry['owner'])} -g {shlex.quote(entry['group'])}"
        restore = f"install {owners} {shlex.quote(stored)} {there}"
    known = {"path": path, "entry": entry, "activation": record["activation"], "at": iso(now)}
    return {**known, "stored": stored, "restore": restore}


def remember(store: Store, record: Json, kept: list[Json]) -> list[Json]:
    """Add to the record; return all that it has of this activation."""
    items = _items(store)
    same = [one for one in items if one["activation"] == record["activation"]]
    known = [(one["path"], one["entry"]) for one in same]
    new = [one for one in kept if (one["path"], one["entry"]) not in known]
    if new:
        older = [one for one in items if one["activation"] != record["activation"]]
        try:
            records.save(_path(store), {"items": [*older[-MOST:], *same, *new]})
        except OSError as error:
            for one in new:
                one["error"] = str(error)
    return [*same, *new]


def after_tree(store: Store, record: Json) -> Tree:
    """What the activation made of the live tree; empty when its manifest is gone."""
    try:
        return store.effective(record["release"])
    except AgentError:
        return {}


def trees(store: Store) -> list[Tree]:
    """The kept entries as trees, so that their objects are not pruned."""
    return [{one["path"]: one["entry"]} for one in _items(store)]


def _items(store: Store) -> list[Json]:
    items: list[Json] = (records.load(_path(store)) or {}).get("items", [])
    return items


def _path(store: Store) -> str:
    return f"{store.directory}/kept_aside.json"
