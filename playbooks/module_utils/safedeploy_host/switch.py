"""Bringing the live tree to a goal: everything is written beside its place first, then swapped into it.

What is at a path in the very moment of its replacement is looked at: a hand edit that is not known is refused or kept.

The caller has journalled what to do if this dies half way. Order: directories, new contents (a full disk shows here,
before anything live changes), files, links, removed links, removed files, so that no link dangles in between; then
every directory of the goal is synced. Running it again after a death, with the same or another goal, is always right:
it looks at what is.
"""

from __future__ import annotations

import contextlib
import os
import stat

from . import fsio, owners, swap, tree
from .protocol import AgentError
from .store import live_changed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .fsio import Place
    from .kept_aside import Edits
    from .protocol import Json
    from .store import Store
    from .tree import Entry, Tree


def directories(changes: Tree, roots: Iterable[str]) -> list[str]:
    """The directories that must be made for a change, outermost first."""
    needed: list[str] = []
    for path, entry in sorted(changes.items()):
        if entry["kind"] != "absent":
            needed += [item for item in fsio.missing_directories(path, roots) if item not in needed]
    return needed


def made(record: Json) -> list[str]:
    """The directories that an activation made, and those that the tries to revert it made; outermost first."""
    return sorted({*record.get("directories", ()), *record.get("made_since", ())})


def apply(store: Store, goal: Tree, edits: Edits, *, make: Iterable[str] = (), remove: Iterable[str] = ()) -> list[str]:
    """Make the live tree equal to `goal`; return the paths that changed.

    `edits` decides on what is found at a path at the moment when it is replaced, and is not explained. `make`:
    directories to create, outermost first. `remove`: directories to remove again when they are empty.
    Raises AgentError (object-missing, object-corrupt, through-link, live-changed), OSError.
    """
    sweep(store, goal, edits)
    edits.ours.append(goal)
    changes = tree.changes(store.live(goal), goal)
    for directory in make:
        _make_directory(store, directory)
    writes = sorted((p for p, e in changes.items() if e["kind"] != "absent"), key=lambda p: (changes[p]["kind"], p))
    names = {path: temporary(path, number) for number, path in enumerate(writes)}
    for path in writes:
        _write(store, path, changes[path], names[path])
    for path in writes:
        _replace(store, path, names[path], edits, changes[path])
    removals = [path for path, entry in changes.items() if entry["kind"] == "absent"]
    for path in sorted(removals, key=lambda p: (tree.live_entry(p, store.roots)["kind"] != "link", p)):
        _replace(store, path, temporary(path, len(writes)), edits, changes[path])
    _sync(store, goal)
    for directory in reversed(list(remove)):
        _remove_directory(store, directory)
    return sorted(changes)


def temporary(path: str, number: int) -> str:
    """The name beside `path` for what replaces it, and then for what was there. It tells whose it is."""
    return f"{fsio.TEMPORARY}{number}.{_told(path)}"


def _told(path: str) -> str:
    return os.path.basename(path)[:60]


def _whose(name: str, paths: list[str]) -> list[str]:
    """Those of `paths`, all in one directory, that a temporary name may be of: a `~` at its end may be ours or not."""
    told = name[len(fsio.TEMPORARY) :].partition(".")[2]
    meant = [path for path in paths if _told(path) == told]
    meant += [path for path in paths if f"{_told(path)}~" == told]
    return meant or [f"{os.path.dirname(paths[0])}/{told}"]


def sweep(store: Store, paths: Iterable[str], edits: Edits) -> None:
    """Remove what a switch that died left behind, but keep what it had just found. Only called with the lock held.

    A directory with such a name is nothing that a switch has written, and stays.
    """
    within: dict[str, list[str]] = {os.path.dirname(path): [] for path in paths}
    for path in dict.fromkeys([*paths, *edits.before]):
        within.get(os.path.dirname(path), []).append(path)
    for own in within.values():
        at = _place(store, own[0])
        if at is None:
            continue
        with at:
            for name in os.listdir(at.dir_fd):
                if name.startswith(fsio.TEMPORARY) and not stat.S_ISDIR(os.lstat(name, dir_fd=at.dir_fd).st_mode):
                    edits.left(_whose(name, own), at, name)
                    os.unlink(name, dir_fd=at.dir_fd)


def _replace(store: Store, path: str, name: str, edits: Edits, wanted: Entry) -> None:
    """Have `wanted` at `path`: it lies at `name` beside it, unless it is `absent`. What was there is looked at."""
    at = fsio.place(path, store.roots)
    if at is None:
        if wanted["kind"] == "absent":
            return
        raise FileNotFoundError(path)
    with at:
        came_out = swap.take(at, name) if wanted["kind"] == "absent" else swap.put(at, name)
        if came_out != wanted and not edits.explained(path, came_out):
            if edits.refuses:
                swap.undo(at, name, came_out)
                raise live_changed([path])
            edits.met(path, came_out, at, name)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=at.dir_fd)


def _place(store: Store, path: str) -> Place | None:
    try:
        return fsio.place(path, store.roots)
    except AgentError as error:
        if error.code in ("in-the-way", "through-link"):
            return None
        raise


def _make_directory(store: Store, path: str) -> None:
    at = fsio.place(path, store.roots)
    if at is None:
        raise FileNotFoundError(path)
    with at:
        if at.lstat() is not None:
            return
        os.mkdir(at.name, 0o755, dir_fd=at.dir_fd)
        fd = os.open(at.name, fsio.DIRECTORY | os.O_NOFOLLOW, dir_fd=at.dir_fd)
        try:
            os.fchmod(fd, 0o755)
            os.fsync(at.dir_fd)
        finally:
            os.close(fd)


def _remove_directory(store: Store, path: str) -> None:
    at = _place(store, path)
    if at is None:
        return
    with at:
        with contextlib.suppress(OSError):  # somebody keeps a file there: theirs now
            os.rmdir(at.name, dir_fd=at.dir_fd)
        os.fsync(at.dir_fd)


def _write(store: Store, path: str, entry: Entry, name: str) -> None:
    at = fsio.place(path, store.roots)
    if at is None:
        raise FileNotFoundError(path)
    with at:
        if entry["kind"] == "link":
            os.symlink(entry["target"], name, dir_fd=at.dir_fd)
            return
        uid, gid = owners.numbers(path, entry)
        fd = fsio.write_new(at, name, store.objects.read(entry["sha256"]))
        try:
            found = os.fstat(fd)
            if (found.st_uid, found.st_gid) != (uid, gid):
                os.fchown(fd, uid, gid)
            os.fchmod(fd, int(entry["mode"], 8))
            os.fsync(fd)
        finally:
            os.close(fd)


def _sync(store: Store, goal: Tree) -> None:
    """Also where nothing is to be changed: what a death came after may be right, and not durable yet."""
    seen = set()
    for path in goal:
        parent = os.path.dirname(path)
        at = _place(store, path) if parent not in seen else None
        seen.add(parent)
        if at is not None:
            with at:
                os.fsync(at.dir_fd)
