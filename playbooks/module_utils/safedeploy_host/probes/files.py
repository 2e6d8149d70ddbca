"""What lies in a directory that is served: a bounded walk, with what the push brings and without what it removes.

Reads names and sizes, never content. What a bound leaves out is said by `bounded`.
"""

from __future__ import annotations

import itertools
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Collection, Mapping

    Json = dict[str, Any]

DEPTH = 6
ENTRIES = 3000
PER_DIRECTORY = 400
# Of one directory, as they come: to sort millions of names would take the agent's memory.
READ = 20_000
# Nothing of these is meant to be asked for, and they can be large.
_SKIPPED = frozenset([".git", ".svn", ".hg", "node_modules", "__pycache__"])


class Found:
    """What a walk saw: paths of `files` with their sizes, of `directories`, and of `access` files (.htaccess)."""

    def __init__(self) -> None:
        self.files: dict[str, int] = {}
        self.directories: list[str] = []
        self.access: list[str] = []
        self.bounded = False


def walk(root: str, changes: Mapping[str, Json], access_names: Collection[str], most: int = ENTRIES) -> Found:
    """Breadth first below `root`, at most `most` entries; links to directories inside are not followed."""
    found = Found()
    waiting = [(root, 0)]
    seen = 0
    while waiting and seen <= most:
        directory, depth = waiting.pop(0)
        entries = _entries(directory)
        if entries is None:
            continue
        found.directories.append(directory)
        found.bounded = found.bounded or len(entries) > PER_DIRECTORY
        for entry in _important_first(entries, access_names)[:PER_DIRECTORY]:
            seen += 1
            if seen > most:
                found.bounded = True
                break
            if _is_directory(entry):
                if entry.name not in _SKIPPED and depth < DEPTH:
                    waiting.append((entry.path, depth + 1))
            else:
                _add(found, entry, access_names)
    _apply(found, root, changes, access_names)
    return found


def pushed(root: str, changes: Mapping[str, Json], access_names: Collection[str]) -> Found:
    """Without a walk: what the push brings below `root`."""
    found = Found()
    _apply(found, root, changes, access_names)
    return found


def _entries(directory: str) -> list[os.DirEntry[str]] | None:
    try:
        with os.scandir(directory) as entries:
            return sorted(itertools.islice(entries, READ), key=lambda entry: entry.name)
    except OSError:
        return None


def _important_first(entries: list[os.DirEntry[str]], access_names: Collection[str]) -> list[os.DirEntry[str]]:
    return sorted(entries, key=lambda entry: entry.name not in access_names)


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _add(found: Found, entry: os.DirEntry[str], access_names: Collection[str]) -> None:
    if entry.name in access_names:
        found.access.append(entry.path)
        return
    try:
        if entry.is_file():
            found.files[entry.path] = entry.stat().st_size
    except OSError:
        return


def _apply(found: Found, root: str, changes: Mapping[str, Json], access_names: Collection[str]) -> None:
    """Make it what both sides together have, but for what the push removes on purpose."""
    for path, entry in changes.items():
        if not path.startswith(root.rstrip("/") + "/"):
            continue
        is_access = os.path.basename(path) in access_names
        if is_access and path not in found.access:
            found.access.append(path)
        elif entry["kind"] == "absent":
            found.files.pop(path, None)
        elif entry["kind"] == "file" and not is_access:
            found.files[path] = int(entry.get("size") or 0)
