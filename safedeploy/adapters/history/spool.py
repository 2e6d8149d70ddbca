"""The spool: what a run has recorded, on this machine's own disk, until it is in the store.

One file for each run, one line for each record, locked by the process that writes it as long as that lives. What a dead
one left is found by `left` and delivered by whoever comes next; delivering it twice makes one of it.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_BYTES = 256 * 1024 * 1024
Record = dict[str, Any]


class Spool:
    """The file of one run. Raises OSError where it cannot be written; what was written before stays whole then."""

    def __init__(self, directory: Path, run: str) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = directory / f"{run}.jsonl"
        making = directory / f".{run}.making"
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        self._fd = os.open(making, flags, 0o600)
        # Locked before it has the name by which others look for what the dead have left.
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        making.rename(self.path)
        self._size = 0

    def append(self, records: Sequence[Record], *, durable: bool = False) -> None:
        """Add a line for each record; all of them, or none. `durable`: on the disk when this returns."""
        data = b"".join(json.dumps(record, separators=(",", ":")).encode() + b"\n" for record in records)
        try:
            written = 0
            while written < len(data):
                written += os.write(self._fd, data[written:])
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._fd, self._size)
            raise
        self._size += len(data)
        if durable:
            os.fsync(self._fd)

    def remove(self) -> None:
        """All of it is in the store."""
        with suppress(OSError):
            self.path.unlink()
        self.close()

    def close(self) -> None:
        """Leave it to whoever comes next."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


@dataclass(frozen=True, kw_only=True)
class Left:
    """What a run has left: its records. The first one says whose they are and which store they are for."""

    path: Path
    records: tuple[Record, ...]

    @property
    def first(self) -> Record | None:
        """The record of the run's start; None when it cannot be read any more."""
        first = self.records[0] if self.records else None
        return first if first is not None and first.get("kind") == "run-started" else None


def waiting(directory: Path) -> list[Path]:
    """The spools that are there, the oldest first, those of living runs too."""
    return sorted(directory.glob("*.jsonl")) if directory.is_dir() else []


@contextmanager
def left(path: Path) -> Iterator[Left | None]:
    """One spool, while nobody else has it; None when its run lives, when another one delivers it, or it is gone."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        yield None
        return
    with os.fdopen(fd, "rb") as file:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield None
            return
        yield None if os.fstat(fd).st_nlink == 0 else Left(path=path, records=tuple(_records(file.read(MOST_BYTES))))


def _records(data: bytes) -> Iterator[Record]:
    """The records; one that cannot be read any more becomes a record that says so. Half a last line was never whole."""
    lines = data.split(b"\n")
    last, at = -1, None
    for line in lines[:-1]:
        record = _record(line)
        if record is None:
            record = {"seq": last + 1, "kind": "damaged", "at": at}
        last, at = max(last, record["seq"]), record.get("at", at)
        yield record


def _record(line: bytes) -> Record | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    whole = isinstance(value, dict) and isinstance(value.get("kind"), str) and isinstance(value.get("seq"), int)
    return value if whole else None
