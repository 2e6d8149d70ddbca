"""Bringing the live tree to a goal: everything is written beside its place first, then renamed into it.

The caller has journalled what to do if this dies half way. Order: directories, new contents (a full disk shows here,
before anything live changes), files, links, removed links, removed files, so that no link dangles in between; then
every directory is synced. Running it again after a death, with the same or another goal, is always right: it looks at
what is.
"""

from __future__ import annotations

import os

from . import fsio, owners, tree
from .protocol import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .fsio import Place
    from .store import Store
    from .tree import Entry, Tree


def directories(changes: Tree, roots: Iterable[str]) -> list[str]:
    """The directories that must be made for a change, outermost first."""
    needed: list[str] = []
    for path, entry in sorted(changes.items()):
        if entry["kind"] != "absent":
            needed += [item for item in fsio.missing_directories(path, roots) if item not in needed]
    return needed


def apply(store: Store, goal: Tree, *, make: Iterable[str] = (), remove: Iterable[str] = ()) -> list[str]:
    """Make the live tree equal to `goal`; return the paths that changed.

    `make`: directories to create, outermost first. `remove`: directories to remove again when they are empty.
    Raises AgentError (object-missing, object-corrupt, through-link), OSError.
    """
    sweep(store, goal)
    changes = tree.changes(store.live(goal), goal)
    for directory in make:
        _make_directory(store, directory)
    writes = sorted((p for p, e in changes.items() if e["kind"] != "absent"), key=lambda p: (changes[p]["kind"], p))
    for number, path in enumerate(writes):
        _write(store, path, changes[path], f"{fsio.TEMPORARY}{number}")
    for number, path in enumerate(writes):
        _rename(store, path, f"{fsio.TEMPORARY}{number}")
    removals = [path for path, entry in changes.items() if entry["kind"] == "absent"]
    for path in sorted(removals, key=lambda p: (tree.live_entry(p, store.roots)["kind"] != "link", p)):
        _remove(store, path)
    _sync(store, changes)
    for directory in reversed(list(remove)):
        _remove_directory(store, directory)
    return sorted(changes)


def sweep(store: Store, paths: Iterable[str]) -> None:
    """Remove what a switch that died left behind. Only called with the lock held."""
    seen = set()
    for path in paths:
        parent = os.path.dirname(path)
        if parent in seen:
            continue
        seen.add(parent)
        at = _place(store, path)
        if at is None:
            continue
        with at:
            for name in os.listdir(at.dir_fd):
                if name.startswith(fsio.TEMPORARY):
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
        try:
            os.rmdir(at.name, dir_fd=at.dir_fd)
            os.fsync(at.dir_fd)
        except OSError:
            return  # somebody keeps a file there: theirs now


def _write(store: Store, path: str, entry: Entry, temporary: str) -> None:
    at = fsio.place(path, store.roots)
    if at is None:
        raise FileNotFoundError(path)
    with at:
        if entry["kind"] == "link":
            os.symlink(entry["target"], temporary, dir_fd=at.dir_fd)
            return
        uid, gid = owners.numbers(path, entry)
        fd = fsio.write_new(at, temporary, store.objects.read(entry["sha256"]))
        try:
            found = os.fstat(fd)
            if (found.st_uid, found.st_gid) != (uid, gid):
                os.fchown(fd, uid, gid)
            os.fchmod(fd, int(entry["mode"], 8))
            os.fsync(fd)
        finally:
            os.close(fd)


def _rename(store: Store, path: str, temporary: str) -> None:
    at = fsio.place(path, store.roots)
    if at is None:
        raise FileNotFoundError(path)
    with at:
        os.rename(temporary, at.name, src_dir_fd=at.dir_fd, dst_dir_fd=at.dir_fd)


def _remove(store: Store, path: str) -> None:
    at = fsio.place(path, store.roots)
    if at is None:
        return
    with at:
        try:
            os.unlink(at.name, dir_fd=at.dir_fd)
        except FileNotFoundError:
            return


def _sync(store: Store, changes: Tree) -> None:
    seen = set()
    for path in changes:
        parent = os.path.dirname(path)
        at = _place(store, path) if parent not in seen else None
        seen.add(parent)
        if at is not None:
            with at:
                os.fsync(at.dir_fd)
