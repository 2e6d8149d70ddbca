"""Trees on this host: the entry at a path, the live tree, and the digest that both sides agree on.

The JSON form and the digest are those of docs/architecture.md, section 3; a test compares them with the control side's.
"""

from __future__ import annotations

import json
import os
import stat

from . import fsio, hashing
from .protocol import AgentError, bad_request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    Entry = dict[str, Any]
    Tree = dict[str, Entry]

KEYS = {
    "file": {"kind", "sha256", "size", "mode", "owner", "group"},
    "link": {"kind", "target"},
    "absent": {"kind"},
}


def canonical(value: Any) -> bytes:
    """Canonical JSON: the bytes that digests are taken of."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def digest(tree: Tree) -> str:
    """SHA-256, in hex, of the canonical JSON of a tree."""
    return hashing.hexadecimal(canonical(tree))


def absent() -> Entry:
    """The entry of a path where nothing is."""
    return {"kind": "absent"}


def check(tree: Tree) -> None:
    """Raise AgentError(bad-request) unless every entry of a desired tree is well formed."""
    for path, entry in tree.items():
        if not fsio.normal(path):
            raise bad_request(f"{path!r} is not a plain absolute path")
        if not isinstance(entry, dict) or KEYS.get(str(entry.get("kind"))) != set(entry):
            raise bad_request(f"{path}: not an entry: {sorted(entry) if isinstance(entry, dict) else entry!r}")
        if entry["kind"] == "file":
            _check_file(path, entry)
        if entry["kind"] == "link" and (not entry["target"] or "\0" in entry["target"]):
            raise bad_request(f"{path}: a link needs a target")


def _check_file(path: str, entry: Entry) -> None:
    sha256, mode = entry["sha256"], entry["mode"]
    if not is_sha256(sha256):
        raise bad_request(f"{path}: {sha256!r} is not a SHA-256 digest")
    if not isinstance(mode, str) or len(mode) != 4 or set(mode) - set("01234567"):
        raise bad_request(f"{path}: {mode!r} is not a mode of four octal digits such as '0644'")
    if not all(isinstance(entry[key], str) and entry[key] for key in ("owner", "group")):
        raise bad_request(f"{path}: owner and group must be names")


def is_sha256(text: object) -> bool:
    """Whether `text` is a SHA-256 digest in lower-case hex, and therefore safe as a file name."""
    return isinstance(text, str) and len(text) == 64 and not set(text) - set("0123456789abcdef")


def live_entry(path: str, roots: Iterable[str]) -> Entry:
    """What is at `path` now. Of kind `other` too: what is reached through a link, outside the roots, or unreadable."""
    try:
        return _entry(path, roots)
    except AgentError as error:
        return {"kind": "other", "type": error.code}
    except PermissionError:
        return {"kind": "other", "type": "unreadable"}


def _entry(path: str, roots: Iterable[str]) -> Entry:
    at = fsio.place(path, roots)
    if at is None:
        return absent()
    with at:
        return entry_in(at.dir_fd, at.name)


def entry_in(dir_fd: int, name: str) -> Entry:
    """What is at a name in an open directory. Raises OSError."""
    try:
        found = os.lstat(name, dir_fd=dir_fd)
    except FileNotFoundError:
        return absent()
    if stat.S_ISLNK(found.st_mode):
        return {"kind": "link", "target": os.readlink(name, dir_fd=dir_fd)}
    if not stat.S_ISREG(found.st_mode):
        return {"kind": "other", "type": _type(found.st_mode)}
    fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=dir_fd)
    try:
        return _file_entry(fd)
    finally:
        os.close(fd)


def _file_entry(fd: int) -> Entry:
    found = os.fstat(fd)
    hashed = hashing.sha256(following=found.st_size)
    size = 0
    for piece in fsio.chunks(fd):
        hashed.update(piece)
        size += len(piece)
        if size > found.st_size + _GROWN:
            break  # somebody writes faster than it is read; it is not what anybody wanted in any case
    return {
        "kind": "file",
        "sha256": hashed.hexdigest(),
        "size": size,
        "mode": f"{stat.S_IMODE(found.st_mode):04o}",
        "owner": user_name(found.st_uid),
        "group": group_name(found.st_gid),
    }


_GROWN = 16 << 20


def live(paths: Iterable[str], roots: Iterable[str]) -> Tree:
    """The live tree over `paths`."""
    return {path: live_entry(path, roots) for path in sorted(set(paths))}


def content(path: str, roots: Iterable[str]) -> bytes:
    """The bytes of the live file at `path`, never through a link, never of a FIFO. Raises OSError, AgentError."""
    at = fsio.place(path, roots)
    if at is None:
        raise FileNotFoundError(path)
    with at:
        fd = os.open(at.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=at.dir_fd)
        with open(fd, "rb") as stream:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise OSError(f"{path} is no regular file any more")
            return stream.read()


def has_another_name(path: str, roots: Iterable[str]) -> bool:
    """Whether the live file at `path` is a file elsewhere too: somebody may have linked it here to have it read."""
    at = fsio.place(path, roots)
    if at is None:
        return False
    with at:
        found = at.lstat()
        return found is not None and found.st_nlink > 1


def changes(live_tree: Tree, goal: Tree) -> Tree:
    """The part of `goal` that differs from what is live."""
    return {path: entry for path, entry in goal.items() if live_tree.get(path) != entry}


def _type(mode: int) -> str:
    for test, name in (
        (stat.S_ISDIR, "dir"),
        (stat.S_ISFIFO, "fifo"),
        (stat.S_ISSOCK, "socket"),
        (stat.S_ISBLK, "block"),
    ):
        if test(mode):
            return name
    return "char"


def user_name(uid: int) -> str:
    """The name of a user, or the number as text when it has none."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def group_name(gid: int) -> str:
    """The name of a group, or the number as text when it has none."""
    import grp

    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)
