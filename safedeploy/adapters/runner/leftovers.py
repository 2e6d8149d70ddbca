"""Directories that are named for the process that made them, so that a later one can remove what a killed one left."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path


def make(prefix: str, parent: Path) -> Path:
    """A new private directory (0700) that belongs to this process."""
    return Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-", dir=parent))


def left(prefix: str, parent: Path) -> Iterator[Path]:
    """Directories of this user's processes that are no more."""
    for path in parent.glob(f"{prefix}[0-9]*-*"):
        owner = path.name.removeprefix(prefix).partition("-")[0]
        with contextlib.suppress(OSError):
            seen = path.lstat()
            if stat.S_ISDIR(seen.st_mode) and seen.st_uid == os.getuid() and owner.isdigit() and not _runs(int(owner)):
                yield path


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
