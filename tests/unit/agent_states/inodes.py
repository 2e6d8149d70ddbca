"""What a disk holds for sure, and what it may still lose: the files and directories of a simulated file system.

The promises are those of POSIX, not those of one file system:

- fsync of a file makes its content, mode and length durable, and not its name;
- fsync of a directory makes the names in it durable, and not what they lead to;
- a rename is atomic: after a crash a name leads to the old file or to the new one;
- everything else may be lost: each change of a name by itself (ext4 and XFS keep their order, and so does one of the
  ways to crash here; POSIX does not), and of a content any part, down to nothing at all.

Pillai et al., "All File Systems Are Not Created Equal" (OSDI 2014), list which file systems break which of these.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable


class Inode:
    """Anything that a name can lead to."""


@dataclasses.dataclass(eq=False)
class Link(Inode):
    """A symbolic link: it is durable when its name is."""

    target: str


@dataclasses.dataclass(eq=False)
class File(Inode):
    """A regular file; `synced` is what the last fsync made durable: content and mode."""

    mode: int
    data: bytes = b""
    synced: tuple[bytes, int] | None = None

    def sync(self) -> None:
        self.synced = (self.data, self.mode)

    def after_crash(self, chance: random.Random, *, everything: bool) -> tuple[bytes, int]:
        """A content and a mode that a crash may leave."""
        if everything or self.synced == (self.data, self.mode):
            return self.data, self.mode
        old, old_mode = self.synced or (b"", 0o600)
        data = chance.choice([old, b"", self.data, self.data[: len(self.data) // 2]])
        if self.data.startswith(old):  # only appended to: what was durable is not touched
            tail = self.data[len(old) :]
            data = old + chance.choice([b"", tail, tail[: len(tail) // 2], bytes(len(tail))])
        return data, chance.choice([old_mode, self.mode])


@dataclasses.dataclass(eq=False)
class Change:
    """One change of the names of a directory that no fsync has made durable yet; None takes the name away."""

    when: int
    names: dict[str, Inode | None]


@dataclasses.dataclass(eq=False)
class Directory(Inode):
    """A directory: its names as they are, as they are durable, and the changes between the two."""

    mode: int
    names: dict[str, Inode] = dataclasses.field(default_factory=dict)
    durable: dict[str, Inode] = dataclasses.field(default_factory=dict)
    changes: list[Change] = dataclasses.field(default_factory=list)
    synced_mode: int = 0o700

    def change(self, when: int, **names: Inode | None) -> None:
        self.changes.append(Change(when, names))
        _apply(self.names, names)

    def sync(self) -> None:
        self.durable, self.changes, self.synced_mode = dict(self.names), [], self.mode

    def set_durably(self, name: str, node: Inode | None) -> None:
        """Somebody else's change of one name, which is on disk; it makes nothing of ours durable."""
        for change in self.changes:
            change.names.pop(name, None)
        _apply(self.durable, {name: node})
        _apply(self.names, {name: node})

    def after_crash(self, survives: Callable[[Change], bool]) -> dict[str, Inode]:
        names = dict(self.durable)
        for change in self.changes:
            if survives(change):
                _apply(names, change.names)
        return names


def _apply(names: dict[str, Inode], change: dict[str, Inode | None]) -> None:
    for name, node in change.items():
        if node is None:
            names.pop(name, None)
        else:
            names[name] = node
