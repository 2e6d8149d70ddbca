"""Whether a change fits: free bytes and inodes, and the right to write, asked before anything is written."""

from __future__ import annotations

import errno
import os

from . import fsio, owners
from .protocol import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .store import Store
    from .tree import Tree

MARGIN_BYTES = 4 << 20
MARGIN_INODES = 64
FULL = (errno.ENOSPC, errno.EDQUOT)


def existing(path: str) -> str:
    """The nearest existing directory at or above `path`."""
    while not os.path.isdir(path):
        path = os.path.dirname(path)
    return path


def check_space(store: Store, incoming: int, live: Tree, changes: Tree) -> None:
    """Raise AgentError(no-space) unless `incoming` bytes, what is live, and the changed files fit, with a margin."""
    keep = sum(entry["size"] for path, entry in live.items() if path in changes and entry["kind"] == "file")
    wanted = {store.directory: [incoming + keep, len(changes) * 2]}
    for path, entry in changes.items():
        root = wanted.setdefault(fsio.root_of(path, store.roots), [0, 0])
        root[0] += entry.get("size") or 0
        root[1] += 1
    by_device: dict[int, list[int]] = {}
    place: dict[int, str] = {}
    for path, (size, inodes) in wanted.items():
        where = existing(path)
        device = os.stat(where).st_dev
        total = by_device.setdefault(device, [MARGIN_BYTES, MARGIN_INODES])
        total[0] += size
        total[1] += inodes
        place.setdefault(device, where)
    for device, (size, inodes) in by_device.items():
        _check(place[device], size, inodes)


def _check(path: str, size: int, inodes: int) -> None:
    found = os.statvfs(path)
    free = found.f_bavail * found.f_frsize
    if free < size or (found.f_files and found.f_favail < inodes):
        raise AgentError(
            "no-space",
            f"the file system of {path} has {free} bytes and {found.f_favail} inodes free, needed: {size} and {inodes}",
            next=f"Free space on the file system of {path}, then push again.",
            detail={
                "path": path,
                "free_bytes": free,
                "free_inodes": found.f_favail,
                "needed_bytes": size,
                "needed_inodes": inodes,
            },
        )


def no_space(error: OSError) -> Exception:
    """What is said when a disk filled up all the same; any other error is returned as it is."""
    if error.errno not in FULL:
        return error
    return AgentError(
        "no-space",
        f"the disk is full: {error}",
        next="Free space on this host, then push again.",
        detail={"errno": error.errno},
    )


def no_permission(what: str) -> AgentError:
    """What is said when this user may not do what a command needs."""
    return AgentError(
        "no-permission",
        f"user {os.geteuid()} may not do this: {what}",
        next="Use become for this host.",
        detail={"uid": os.geteuid()},
    )


def check_writable(store: Store, live: Tree, changes: Tree) -> None:
    """Raise AgentError unless each change can be made: through-link, in-the-way, no-permission, unknown-owner."""
    for path, entry in changes.items():
        at = fsio.place(path, store.roots)
        if at is not None:
            at.__exit__(None, None, None)
        if live[path] == {"kind": "other", "type": "unreadable"}:
            raise no_permission(f"{path} cannot be read")
        if live[path]["kind"] == "other":
            raise AgentError(
                "in-the-way",
                f"{path} is neither a file nor a link but {live[path]['type']}",
                next=f"Move {path} away, or correct the destination.",
                detail={"path": path, "type": live[path]["type"]},
            )
        directory = existing(os.path.dirname(path))
        effective = os.access in os.supports_effective_ids
        read_only = os.statvfs(directory).f_flag & os.ST_RDONLY
        if read_only or not os.access(directory, os.W_OK | os.X_OK, effective_ids=effective):
            raise AgentError(
                "no-permission",
                f"{path} cannot be written: {directory} is {'mounted read-only' if read_only else 'not writable'}",
                next="Use become for this host, or correct the destination.",
                detail={"path": path, "directory": directory, "uid": os.geteuid()},
            )
        if entry["kind"] == "file":
            owners.check(path, entry)
