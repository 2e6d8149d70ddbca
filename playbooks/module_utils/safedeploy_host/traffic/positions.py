"""Places in log files: where a log ends now, and what was written since, also across a rotation or a truncation.

Regular files only: opening a fifo would wait for a writer. Reads are bounded from the end: the newest
part is what counts.
"""

from __future__ import annotations

import glob
import os
import stat

from ..probes import log_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Tuple

    from .logs import Log

    Json = dict[str, Any]
    Piece = Tuple[str, int, int]

_OTHERS = 64


def mark(path: str | None) -> Json:
    """Where the log ends now: {path, device, inode, offset}; inode null when there is no such file."""
    found = _stat(path) if path else None
    if found is None:
        return {"path": path, "device": None, "inode": None, "offset": 0}
    return {"path": path, "device": found.st_dev, "inode": found.st_ino, "offset": found.st_size}


def lines(path: str, position: Json | None, most: int, notes: list[str]) -> Iterator[str]:
    """The whole lines written since a position, oldest first, the last `most` bytes; what is left out is noted."""
    if position is None:
        notes.append(f"{path} is a log that nothing was known of before, so it was not read")
        return iter(())
    pieces = _pieces(path, position, notes)
    size = sum(end - start for _, start, end in pieces)
    if size > most:
        notes.append(f"{path}: only the last {most} of {size} bytes were read")
        pieces = _last(pieces, most)
    return _lines(pieces, cut=size > most)


def tail(log: Log, most: int) -> Iterator[str]:
    """The last lines of a log, with those of the rotated one before it when it is short."""
    return iter(log_files.tail(log.path, most))


def _pieces(path: str, position: Json, notes: list[str]) -> list[Piece]:
    """(file, from, to) of what was written since, oldest first."""
    now = _stat(path)
    offset = int(position.get("offset") or 0)
    if now is None:
        notes.append(f"{path} cannot be read")
        return []
    identity = (position.get("device"), position.get("inode"))
    if identity == (now.st_dev, now.st_ino):
        if now.st_size < offset:
            notes.append(f"{path} was truncated meanwhile; what it had held is lost")
            offset = 0
        return [(path, offset, now.st_size)]
    found = [(path, 0, now.st_size)]
    if position.get("inode") is None:
        return found
    old = _moved(path, str(position.get("path") or path), identity)
    if old is None:
        notes.append(
            f"{path} was rotated meanwhile, and the old file cannot be found; what it held since is not counted"
        )
        return found
    return [(old[0], min(offset, old[1]), old[1]), *found]


def _moved(path: str, former: str, identity: tuple[object, object]) -> tuple[str, int] | None:
    """Where the file is now that had the name before, and its size."""
    beside = glob.glob(glob.escape(path) + "*")[:_OTHERS]
    for candidate in (former, *log_files.rotated_from(path), *beside):
        found = _stat(candidate)
        if found is not None and (found.st_dev, found.st_ino) == identity:
            return candidate, found.st_size
    return None


def _last(pieces: list[Piece], most: int) -> list[Piece]:
    found: list[Piece] = []
    for path, start, end in reversed(pieces):
        taken = min(end - start, most)
        most -= taken
        found.insert(0, (path, end - taken, end))
        if most <= 0:
            break
    return found


def _lines(pieces: list[Piece], *, cut: bool) -> Iterator[str]:
    for path, start, end in pieces:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            continue
        with open(descriptor, "rb") as stream:
            stream.seek(start)
            left = end - start
            while left > 0:
                # A line without an end is no line yet; one of megabytes is no line of an access log.
                line = stream.readline(min(left, 1 << 20))
                if not line:
                    break
                left -= len(line)
                if not cut and line.endswith(b"\n"):
                    yield line[:-1].decode("latin-1")
                cut = False


def _stat(path: str) -> os.stat_result | None:
    """Of a regular file that may be read."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found if stat.S_ISREG(found.st_mode) and os.access(path, os.R_OK) else None
