"""Finds what lies below a directory: every entry but directories, with what tells a configuration file from others.

No link is followed, and content is read through fsio.place only, so a link that is swapped in meanwhile leads nowhere.
"""

from __future__ import annotations

import os

from .. import tree
from ..protocol import AgentError
from .confidential import behind_closed_door, kind_of, why_secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..tree import Entry, Tree

MOST = 10_000
LARGEST = 1 << 20
DEEPEST = 16
MOST_DIRECTORIES = 20_000
ACCESS_FILE = ".htaccess"
# Where version control keeps its own files; nothing of it is configuration.
OTHERS_BUSINESS = {".git", ".svn", ".hg", ".bzr", "CVS"}


def tree_below(root: str, roots: Iterable[str], notes: list[str]) -> Tree:
    """Every entry below `root` that is no directory, by path."""
    found: Tree = {}
    for directory, names in _directories(root, notes):
        for name in names:
            if len(found) >= MOST:
                notes.append(f"{root}: more than {MOST} entries; the rest was not looked at")
                return found
            path = f"{directory}/{name}"
            found[_sayable(path)] = entry(path, roots)
    return found


def access_files(tops: Iterable[str], roots: Iterable[str], notes: list[str]) -> Tree:
    """Every .htaccess file below the directories."""
    found: Tree = {}
    for top in tops:
        for directory, names in _directories(top.rstrip("/"), notes):
            if ACCESS_FILE in names and len(found) < MOST:
                found[_sayable(f"{directory}/{ACCESS_FILE}")] = entry(f"{directory}/{ACCESS_FILE}", roots)
    return found


def entry(path: str, roots: Iterable[str]) -> Entry:
    """What is at a path: a tree entry, for files also `secret` (why, or null), `content` (kind_of) and `several`."""
    if _sayable(path) != path:
        return {"kind": "other", "type": "odd-name"}
    try:
        if os.lstat(path).st_size > LARGEST:
            return {"kind": "other", "type": "large"}
    except OSError:
        return {"kind": "other", "type": "unreadable"}
    found = tree.live_entry(path, roots)
    if found["kind"] != "file":
        return found
    try:
        data = tree.content(path, roots)
    except (OSError, AgentError):
        return {"kind": "other", "type": "unreadable"}
    found["secret"] = secret(path, found, data, roots)
    found["content"] = kind_of(data)
    found["several"] = tree.has_another_name(path, roots)
    return found


def secret(path: str, found: Entry, data: bytes, roots: Iterable[str]) -> str | None:
    """Why a live file is secret; None when it is not."""
    closed = behind_closed_door(path, roots)
    return f"in {closed}, which is not open to everybody" if closed else why_secret(path, int(found["mode"], 8), data)


def _directories(top: str, notes: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Each directory at and below `top` with the names in it that are no directories, in a fixed order."""
    waiting, seen = [(top, 0)], 0
    while waiting:
        directory, depth = waiting.pop()
        seen += 1
        if seen > MOST_DIRECTORIES or depth > DEEPEST:
            notes.append(f"{_sayable(directory)}: not looked into, for there are too many directories or too deep ones")
            if seen > MOST_DIRECTORIES:
                return
            continue
        try:
            with os.scandir(directory) as listing:
                inside = sorted(listing, key=lambda one: one.name)
        except OSError as error:
            notes.append(f"{_sayable(directory)}: {error.strerror}")
            continue
        yield directory, [one.name for one in inside if not one.is_dir(follow_symlinks=False)]
        below = [one.path for one in inside if one.is_dir(follow_symlinks=False) and one.name not in OTHERS_BUSINESS]
        waiting += [(path, depth + 1) for path in reversed(below)]


def _sayable(path: str) -> str:
    """The path as it can be sent; another text than the path where that is not UTF-8, or not fit to be shown."""
    raw = os.fsencode(path)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "backslashreplace")
    return text if text.isprintable() else ascii(text)[1:-1]
