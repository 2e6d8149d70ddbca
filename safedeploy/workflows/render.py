"""Write what would be shipped to a directory, for eyes and for other tools."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.core.tree import Entry, Kind
from safedeploy.workflows.desired import Desired


def write(directory: Path, desired: Mapping[str, Desired]) -> int:
    """Write every host's files below `directory/<host>/`; returns the number of entries.

    The directory must be new or empty: nothing is overwritten. Files are readable by their owner alone.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(directory.iterdir()):
            raise _unusable(directory, "is not empty")
        return sum(_write_host(directory / host, item) for host, item in desired.items())
    except OSError as error:
        raise _unusable(directory, str(error.strerror)) from error


def _write_host(root: Path, item: Desired) -> int:
    written = 0
    for path, entry in item.tree.entries.items():
        if entry.kind is not Kind.ABSENT:
            _write_entry(root / path.lstrip("/"), entry, item)
            written += 1
    return written


def _write_entry(target: Path, entry: Entry, item: Desired) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if entry.kind is Kind.LINK:
        target.symlink_to(str(entry.target))
        return
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(item.tree.content[str(entry.sha256)])


def _unusable(directory: Path, why: str) -> SafedeployError:
    return SafedeployError(
        "output-directory-unusable",
        f"{directory}: {why}",
        next_step="Give --out a new or empty directory that you may write to.",
        exit_code=ExitCode.USAGE,
    )
