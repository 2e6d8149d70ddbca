"""A private place for a run's files: rendered content may hold secrets.

It is in memory where the machine offers that. It is removed when the run ends; what a killed run left is removed by the
next one that makes such a place.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safedeploy.adapters.runner import leftovers

PREFIX = "safedeploy-run-"


@contextmanager
def private_directory(parent: Path | None = None) -> Iterator[Path]:
    """A fresh directory (0700) of this process below `parent`, by default in memory."""
    parent = parent or _parent()
    for left in leftovers.left(PREFIX, parent):
        shutil.rmtree(left, ignore_errors=True)
    directory = leftovers.make(PREFIX, parent)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _parent() -> Path:
    shared = Path("/dev/shm")  # noqa: S108 - a tmpfs: rendered secrets then never reach a disk
    return shared if shared.is_dir() and os.access(shared, os.W_OK) else Path(tempfile.gettempdir())
