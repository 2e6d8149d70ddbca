"""The last lines of a log, within bounds; nothing of what is no regular file."""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable

LIMIT = 512 * 1024


def tail(path: str, limit: int = LIMIT) -> bytes:
    """The last `limit` bytes; empty for what cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return b""
    with open(descriptor, "rb") as stream:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            return b""
        stream.seek(max(0, found.st_size - limit))
        return stream.read(limit)


def lines(path: str, limit: int = LIMIT) -> Iterable[str]:
    """The lines of it; the first may be cut off."""
    return tail(path, limit).decode("utf-8", "replace").splitlines()
