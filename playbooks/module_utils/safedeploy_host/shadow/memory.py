"""How much memory the processes of a shadow take, with the files that they wrote."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

_PAGE = os.sysconf("SC_PAGE_SIZE")


class Use:
    """What was found: `processes` and `bytes`."""

    def __init__(self, processes: int, size: int) -> None:
        self.processes = processes
        self.bytes = size


def use(first: int, *, exact: bool) -> Use:
    """What the descendants of a process and the files in their root take.

    A page that several processes share counts once when `exact`, as far as we may look, else once for each.
    """
    pids = list(_descendants(first))
    return Use(len(pids), sum(map(_proportional if exact else _resident, pids)) + _files(first))


def host_is_short() -> bool:
    """Whether the machine has less than a thirtieth of its memory left."""
    try:
        # The three that come first: MemTotal, MemFree, MemAvailable.
        sizes = dict(line.split()[:2] for line in _read("/proc/meminfo", 256).splitlines()[:3])
        return int(sizes[b"MemAvailable:"]) < int(sizes[b"MemTotal:"]) // 30
    except (OSError, KeyError, ValueError):
        return False


def _descendants(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = _read(f"/proc/{pid}/task/{pid}/children").split()
    except OSError:
        return
    for child in children:
        yield from _descendants(int(child))


def _proportional(pid: int) -> int:
    try:
        lines = _read(f"/proc/{pid}/smaps_rollup").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(b"Pss:"))
    except (OSError, StopIteration):
        return _resident(pid)


def _resident(pid: int) -> int:
    try:
        return int(_read(f"/proc/{pid}/statm").split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def _files(pid: int) -> int:
    """An overlay counts as what its upper file system counts: the tmpfs, of which all is the shadow's."""
    try:
        found = os.statvfs(f"/proc/{pid}/root")
    except OSError:
        return 0
    return (found.f_blocks - found.f_bfree) * found.f_frsize


def _read(path: str, most: int = -1) -> bytes:
    """A file of /proc, all of it if `most` is not given."""
    with open(path, "rb", buffering=0) as stream:
        return stream.read(most)
