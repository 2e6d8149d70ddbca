"""Hand edits that a revert would overwrite: kept in `objects/`, named in `kept_aside.json`."""

from __future__ import annotations

import contextlib
import functools
import os

from . import fsio, records, tree
from .by_hand import quoted
from .clock import iso
from .protocol import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .fsio import Place
    from .protocol import Json
    from .store import Store
    from .tree import Entry, Tree

MOST = 100  # of earlier activations


class Edits:
    """What a revert of the activation `record` does with entries that nothing of ours explains: it keeps them aside.

    `kept` is all that was kept of this activation, also by a revert that died. `ours` is what switches wrote: the
    activation, and those of this revert. A file that cannot be read or stored is
    named with `error`: a hand edit must not stop a revert.
    """

    refuses = False

    def __init__(self, store: Store, record: Json, now: float) -> None:
        self.store = store
        self.record = record
        self.now = now
        self.before: Tree = record["before"]
        self.ours: list[Tree] = [self.before, after_tree(store, record)]
        self.kept = remember(store, record, [])

    def explained(self, path: str, entry: Entry) -> bool:
        """Whether an entry is what a switch of ours made of its path, or what was there before."""
        return entry in self._ours([path]) or entry["kind"] not in ("file", "link")

    def look(self) -> None:
        """Keep what is live and not explained, before anything changes."""
        for path, entry in self.store.live(self.before).items():
            if not self.explained(path, entry):
                self._keep(path, entry, functools.partial(tree.content, path, self.store.roots))

    def met(self, path: str, entry: Entry, at: Place, name: str) -> None:
        """Keep what a switch found at `path` and has moved to `name` beside it."""
        self._keep(path, entry, lambda: _read(at, name))

    def left(self, paths: list[str], at: Place, name: str) -> None:
        """Keep what a switch that died left at `name`, which is of one of `paths`, unless it is what a switch wrote."""
        entry = tree.entry_in(at.dir_fd, name)
        ours = self._ours(paths)
        if entry in ours or entry["kind"] not in ("file", "link"):
            return
        content = _read(at, name) if entry["kind"] == "file" else b""
        if entry["kind"] == "link" or not self._unfinished(entry, content, ours):
            self._keep(paths[0], entry, lambda: content)

    def _ours(self, paths: list[str]) -> list[Entry]:
        return [one[path] for one in self.ours for path in paths if path in one]

    def _unfinished(self, entry: Entry, content: bytes, ours: list[Entry]) -> bool:
        """Whether it is the beginning, or all, of a content of ours that has not got its mode, which it gets last."""
        if not content.strip(b"\0"):
            return True
        if entry["mode"] != "0600":
            return False
        wanted = [one["sha256"] for one in ours if one["kind"] == "file" and self.store.objects.intact(one["sha256"])]
        return any(self.store.objects.read(sha256).startswith(content) for sha256 in wanted)

    def _keep(self, path: str, entry: Entry, read: Callable[[], bytes]) -> None:
        error = None
        if entry["kind"] == "file":
            try:
                content = read()
                entry = {**entry, "sha256": self.store.objects.put(content), "size": len(content)}
            except (OSError, AgentError) as failed:
                error = str(failed)
        one = item(self.store, path, entry, self.record, self.now)
        self.kept = remember(self.store, self.record, [{**one, "error": error} if error else one])


class Untouched(Edits):
    """What an activation does: nothing may have changed since it looked, and what has is put back and refused."""

    refuses = True

    def explained(self, path: str, entry: Entry) -> bool:
        """Whether the entry is the one that was looked at."""
        return entry == self.before.get(path)


def item(store: Store, path: str, entry: Entry, record: Json, now: float) -> Json:
    """What is recorded of one edit: also where its content is, and the command that puts it back."""
    there = quoted(path)
    if entry["kind"] == "link":
        stored, restore = None, f"ln -sfn -- {quoted(entry['target'])} {there}"
    else:
        stored = store.objects.path(entry["sha256"])
        owners = f"-m {entry['mode']} -o {quoted(entry['owner'])} -g {quoted(entry['group'])}"
        restore = f"install {owners} {quoted(stored)} {there}"
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
    """The kept entries as trees, so that their objects are not pruned. Raises AgentError when the record is damaged."""
    return [{one["path"]: one["entry"]} for one in (records.load(_path(store)) or {}).get("items", [])]


def lost(store: Store) -> bool:
    """Whether a damaged record was moved away, so that nobody knows which objects are those of kept edits."""
    return os.path.lexists(_damaged(store))


def _read(at: Place, name: str) -> bytes:
    fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=at.dir_fd)
    try:
        return b"".join(fsio.chunks(fd))
    finally:
        os.close(fd)


def _items(store: Store) -> list[Json]:
    """What is recorded; a damaged record is moved away, since no revert may fail for it."""
    try:
        items: list[Json] = (records.load(_path(store)) or {}).get("items", [])
    except AgentError:
        with contextlib.suppress(OSError):
            os.replace(_path(store), _damaged(store))
        return []
    return items


def _damaged(store: Store) -> str:
    return f"{_path(store)}.damaged"


def _path(store: Store) -> str:
    return f"{store.directory}/kept_aside.json"
