"""Reads a file to hold an answer against it: one of a bounded size, and nothing that could keep the reader waiting."""

from __future__ import annotations

import os
import stat

LIMIT = 16 * 1024 * 1024


def read(path: str) -> bytes:
    """The content. Raises OSError, also for what is too large and for what is no regular file."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    with open(descriptor, "rb") as stream:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_size > LIMIT:
            raise OSError(f"{path} is no regular file of at most {LIMIT >> 20} MiB")
        return stream.read(LIMIT)
