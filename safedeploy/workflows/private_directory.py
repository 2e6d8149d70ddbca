"""A private place for a run's files: rendered content may hold secrets."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def private_directory() -> Iterator[Path]:
    """A fresh 0700 directory, in memory where the machine offers that, removed at the end."""
    shared = Path("/dev/shm")  # noqa: S108 - a tmpfs: rendered secrets then never reach a disk
    parent = str(shared) if shared.is_dir() and os.access(shared, os.W_OK) else None
    directory = Path(tempfile.mkdtemp(prefix="safedeploy-", dir=parent))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
