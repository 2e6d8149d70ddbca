"""What a shadow's httpd writes to its logs: the files that it appends to, from where they ended before it began."""

from __future__ import annotations

import contextlib
import os
import re
import time

from .live import appended

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable

LINES = 400
_WIDTH = 1000
_CHUNK = 512 * 1024
_ERROR_LINE = re.compile(rb"\[[\w:]*(?:emerg|alert|crit|error|warn|notice|info|debug|trace\d)\]")
_TIME = re.compile(rb"\[(\w{3} \w{3} +\d+ \d\d:\d\d:\d\d)(?:\.\d+)? (\d{4})\]")
_ROTATED = re.compile(r"\.(?:gz|bz2|xz|zst|\d+)$|-\d{8}$")
_STANDARD_ERROR = 2


def around(logs: Iterable[str]) -> list[str]:
    """The regular files in the directories of these logs, but for those that were rotated away."""
    found = []
    for directory in sorted({os.path.dirname(path) for path in logs}):
        with contextlib.suppress(OSError), os.scandir(directory) as entries:
            files = [entry for entry in entries if not _ROTATED.search(entry.name)]
            found += [entry.path for entry in files if entry.is_file(follow_symlinks=False)]
    return found


class Logs:
    """The logs of one httpd. Made before it starts, with the files that it may write to; `follow` finds the others."""

    def __init__(self, expected: Iterable[str]) -> None:
        self._since = int(time.time())
        self._known = {path: _size(path) for path in expected}
        self._main: str | None = None
        self._read: dict[str, int] = dict(self._known)
        self._written: dict[str, None] = {}

    def follow(self, pid: int) -> None:
        """Look at the files that the httpd parent has open now."""
        for path, descriptor in appended(pid):
            self._add(path)
            if descriptor == _STANDARD_ERROR:
                self._main = path

    def add_main(self, path: str) -> None:
        """Take this file for the main error log, of a server that has ended before it was looked at."""
        self._add(path)
        self._main = path

    def error_lines(self) -> list[str]:
        """The lines of all error logs since the last call, each at most 1000 characters."""
        lines: list[str] = []
        for path in self._files():
            data = self._new(path)
            if path == self._main or _ERROR_LINE.search(data.split(b"\n", 1)[0]):
                lines += [line[:_WIDTH] for line in data.decode("utf-8", "replace").splitlines()]
        return lines[-LINES:]

    def counts(self) -> dict[str, int]:
        """How many lines each log other than the main error log has got since the start."""
        return {path: _lines(path, self._known.get(path, 0)) for path in self._files() if path != self._main}

    def _files(self) -> list[str]:
        grown = [path for path, size in self._known.items() if _size(path) > size]
        return sorted({*grown, *self._written})

    def _add(self, path: str) -> None:
        self._written[path] = None
        if path not in self._known:
            # It was not expected, so it may be older than the server.
            self._known[path] = self._read[path] = _first_since(path, self._since)

    def _new(self, path: str) -> bytes:
        start = self._read.get(path, 0)
        try:
            with open(path, "rb") as stream:
                end = stream.seek(0, os.SEEK_END)
                stream.seek(max(start, end - _CHUNK))
                data = stream.read(_CHUNK)
        except OSError:
            return b""
        # A line that is still being written is for the next call.
        whole = data.rfind(b"\n") + 1
        self._read[path] = end - len(data) + whole
        return data[:whole]


def _first_since(path: str, since: int) -> int:
    """Where the first error log line of that second or later begins; the end of the file when there is none."""
    try:
        with open(path, "rb") as stream:
            end = stream.seek(0, os.SEEK_END)
            place = stream.seek(max(0, end - _CHUNK))
            for line in stream.read(_CHUNK).splitlines(keepends=True):
                found = _TIME.match(line)
                if found and _second(found) >= since:
                    return place
                place += len(line)
    except OSError:
        return 0
    return end


def _second(found: re.Match[bytes]) -> float:
    try:
        return time.mktime(time.strptime(b" ".join(found.groups()).decode(), "%a %b %d %H:%M:%S %Y"))
    except ValueError:
        return 0.0


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _lines(path: str, start: int) -> int:
    count = 0
    try:
        with open(path, "rb") as stream:
            stream.seek(start)
            for part in iter(lambda: stream.read(_CHUNK), b""):
                count += part.count(b"\n")
    except OSError:
        return count
    return count
