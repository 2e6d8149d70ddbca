"""A log that is followed: what was written since the last look, whatever rotates, truncates or copies it meanwhile.

The file stays open, so that a rotated one is read to its end before the new one is begun. Bounded: of what is too much
the newest is read.
"""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Json = dict[str, Any]

MOST = 8 << 20


class Followed:
    """One file by its path. `position` is of an earlier answer; without one only what comes from now on is read."""

    def __init__(self, path: str, position: Json | None = None) -> None:
        self.path = path
        self.skipped = 0
        self._descriptor: int | None = None
        self._offset = 0
        self._left = b""
        self._open(position)

    def close(self) -> None:
        """Let the file go."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def position(self) -> Json:
        """Where the next look begins: what has come of a line that is not whole yet is read again."""
        found = os.fstat(self._descriptor) if self._descriptor is not None else None
        return {
            "device": found.st_dev if found else None,
            "inode": found.st_ino if found else None,
            "offset": self._offset - len(self._left),
        }

    def read(self) -> bytes:
        """Whole lines since the last look."""
        data = self._rest()
        try:
            now = os.stat(self.path)
        except OSError:
            return self._whole(data)
        known = os.fstat(self._descriptor) if self._descriptor is not None else None
        if known is None or (known.st_dev, known.st_ino) != (now.st_dev, now.st_ino):
            whole = self._whole(data)
            self.close()
            self._left = b""
            self._open({"device": now.st_dev, "inode": now.st_ino, "offset": 0})
            return whole + self._whole(self._rest())
        return self._whole(data)

    def _open(self, position: Json | None) -> None:
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            os.close(descriptor)
            return
        self._descriptor = descriptor
        same = position and (position.get("device"), position.get("inode")) == (found.st_dev, found.st_ino)
        if position is None:
            self._offset = found.st_size
        else:
            self._offset = min(int(position.get("offset") or 0), found.st_size) if same else 0

    def _rest(self) -> bytes:
        """What stands behind the place that was read to."""
        if self._descriptor is None:
            return b""
        size = os.fstat(self._descriptor).st_size
        if size < self._offset:  # truncated, as copytruncate does
            self._offset, self._left = 0, b""
        if size - self._offset > MOST:
            self.skipped += size - self._offset - MOST
            self._offset, self._left = size - MOST, b""
        data = os.pread(self._descriptor, size - self._offset, self._offset)
        self._offset += len(data)
        return data

    def _whole(self, data: bytes) -> bytes:
        """The lines that are whole; the rest waits."""
        data = self._left + data
        end = data.rfind(b"\n") + 1
        self._left = data[end:] if len(data) - end <= MOST else b""
        return data[:end]
