"""Lines of a log that were written between two moments, also out of what rotation has left of it.

Lines of a log come in the order of their times, but for seconds: a place in a file is found by halving. A compressed
file is read from its start. Bounded: of what is too much the oldest is left out, and that is said.
"""

from __future__ import annotations

import glob
import os
import stat
import time
import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO, Callable, Iterator

    Moment = Callable[[str], "float | None"]

FILES = 32
# Of a request that took long the line comes late: so much before and after the window is looked at, in seconds.
SLACK = 120.0
_STEP = 64 * 1024
_TRIES = 32
_AT_ONCE = 256
_LONGEST = 1 << 20


class Reading:
    """How much may still be read, and what was left out."""

    def __init__(self, most: int, deadline: float, notes: list[str]) -> None:
        self.left = most
        self.deadline = deadline
        self.notes = notes

    def over(self, path: str) -> bool:
        """Whether the time is up; says so once."""
        if time.monotonic() <= self.deadline:
            return False
        self.notes.append(f"{path} was not read to its end: there was no time left")
        return True


def lines(path: str, since: float, until: float, moment: Moment, reading: Reading) -> Iterator[str]:
    """Whole lines of the window and some around it, the oldest file first. `moment` gives seconds since 1970."""
    chosen: list[tuple[str, int, int]] = []
    for file in _files(path, since):
        if file.endswith(".gz"):
            chosen.append((file, 0, -1))
            continue
        start, end = _span(file, since - SLACK, until + SLACK, moment)
        if end - start > reading.left:
            reading.notes.append(f"{file}: of the time asked for only the last {reading.left} bytes were read")
            start = end - reading.left
        reading.left -= end - start
        chosen.append((file, start, end))
        if reading.left <= 0:
            break
    for file, start, end in reversed(chosen):
        yield from _zipped(file, reading) if end < 0 else _plain(file, start, end, reading)


def _files(path: str, since: float) -> list[str]:
    """The log and what was rotated from it and was still written to since, the newest first."""
    escaped = glob.escape(path)
    beside = [*glob.glob(escaped + ".[0-9]*"), *glob.glob(escaped + "-[0-9]*")]
    dated = sorted(((_written(one), one) for one in beside), reverse=True)
    found = [one for written, one in dated if written >= since]
    return [one for one in [path, *found] if _written(one)][:FILES]


def _written(path: str) -> float:
    """When a regular file was written to last; 0 for what is none."""
    try:
        found = os.stat(path)
    except OSError:
        return 0.0
    return found.st_mtime if stat.S_ISREG(found.st_mode) else 0.0


def _open(path: str) -> BinaryIO | None:
    try:
        return open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    except OSError:
        return None


def _span(path: str, since: float, until: float, moment: Moment) -> tuple[int, int]:
    """From where to where lines of the time between two moments may stand: in a line's middle, or at its start."""
    stream = _open(path)
    if stream is None:
        return 0, 0
    with stream:
        size = os.fstat(stream.fileno()).st_size
        start = _halved(stream, 0, size, since, moment)[0]
        return start, _halved(stream, start, size, until, moment)[1]


def _halved(stream: BinaryIO, low: int, high: int, wanted: float, moment: Moment) -> tuple[int, int]:
    """(below it all is earlier, from it on all is later): the places between which the moment is."""
    while high - low > _STEP:
        middle = (low + high) // 2
        later = _is_later(stream, middle, wanted, moment)
        if later is None:
            break
        low, high = (low, middle) if later else (middle, high)
    return low, high


def _is_later(stream: BinaryIO, place: int, wanted: float, moment: Moment) -> bool | None:
    """Whether what follows a place was written later; None when its lines do not tell their time."""
    stream.seek(place)
    stream.readline(_LONGEST)
    for _ in range(_TRIES):
        line = stream.readline(_LONGEST)
        if not line.endswith(b"\n"):
            return True
        found = moment(line[:-1].decode("latin-1"))
        if found is not None:
            return found > wanted
    return None


def _plain(path: str, start: int, end: int, reading: Reading) -> Iterator[str]:
    """The whole lines that begin between two places."""
    stream = _open(path)
    if stream is None:
        return
    with stream:
        stream.seek(start)
        place = start + (len(stream.readline(_LONGEST)) if start else 0)
        while place < end and not reading.over(path):
            for _ in range(_AT_ONCE):
                line = stream.readline(_LONGEST)
                if not line.endswith(b"\n") or place >= end:
                    return
                place += len(line)
                yield line[:-1].decode("latin-1")


def _zipped(path: str, reading: Reading) -> Iterator[str]:
    """The lines of what logrotate compressed, as many as may still be read."""
    import gzip

    stream = _open(path)
    if stream is None:
        return
    with stream:
        try:
            for number, line in enumerate(gzip.GzipFile(fileobj=stream)):
                reading.left -= len(line)
                if reading.left < 0:
                    reading.notes.append(f"{path} was not read to its end: it is too long")
                    return
                if number % _AT_ONCE == 0 and reading.over(path):
                    return
                yield line.rstrip(b"\n").decode("latin-1")
        except (OSError, EOFError, zlib.error) as error:
            reading.notes.append(f"{path} cannot be read: {error}")
