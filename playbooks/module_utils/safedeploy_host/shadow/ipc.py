"""The host's System V limits, less what others have used up, for a namespace that starts with neither.

Else a server that finds no free semaphore on the host would find plenty in the shadow. See sysvipc(7).
"""

from __future__ import annotations

import contextlib
import os

from . import kernel_settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable

_PAGE = os.sysconf("SC_PAGE_SIZE")
_SEMAPHORES = "kernel/sem"
_SHARED = ("kernel/shmmax", "kernel/shmall", "kernel/shmmni")


def limits(pids: Iterable[int], memory: int) -> dict[str, str]:
    """The settings to make in a new namespace. `pids` are the live httpd's parents: what they hold becomes free.

    Shared memory is limited to `memory` bytes beside: a segment that nobody is attached to is in no process.
    """
    parents = set(pids)
    try:
        return {**_semaphores(parents), **_memory(parents, memory)}
    except (OSError, ValueError, KeyError):
        # A kernel without System V IPC has nothing to be exhausted.
        return {}


def _semaphores(parents: set[int]) -> dict[str, str]:
    per_set, in_all, operations, sets = (int(word) for word in kernel_settings.read([_SEMAPHORES])[_SEMAPHORES].split())
    users = _workers(parents)
    # A set does not say who made it; httpd's are made by root and then given to the user of its workers.
    others = [row for row in _table("sem") if not (row["cuid"] == 0 and row["uid"] in users)]
    used = sum(row["nsems"] for row in others)
    return {_SEMAPHORES: f"{per_set} {max(0, in_all - used)} {operations} {max(0, sets - len(others))}"}


def _memory(parents: set[int], allowed: int) -> dict[str, str]:
    others = [row for row in _table("shm") if row["cpid"] not in parents]
    pages = sum(-(-row["size"] // _PAGE) for row in others)
    most, pages_in_all, segments = (int(value) for value in kernel_settings.read(_SHARED).values())
    values = (most, max(0, min(pages_in_all - pages, allowed // _PAGE)), max(0, segments - len(others)))
    return dict(zip(_SHARED, map(str, values)))


def _table(name: str) -> list[dict[str, int]]:
    head, *rows = _read(f"/proc/sysvipc/{name}").splitlines()
    return [{key: int(word) for key, word in zip(head.split(), row.split()) if word.isdigit()} for row in rows]


def _workers(parents: set[int]) -> set[int]:
    found = set()
    for pid in parents:
        with contextlib.suppress(OSError):
            children = _read(f"/proc/{pid}/task/{pid}/children").split()
            found |= {os.stat(f"/proc/{child}").st_uid for child in children}
    return found


def _read(path: str) -> str:
    with open(path, encoding="ascii") as stream:
        return stream.read()
