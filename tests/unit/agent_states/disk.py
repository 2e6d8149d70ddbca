"""A directory whose file system loses what was not synced: the calls of the program go to a real one and are noted.

While `Disk.running` is on, the functions of `os` that change something are wrapped. A program dies at the number of a
call that it was given: the call is not made (of a write, half), and neither is any later one.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from safedeploy_host import swap

from tests.unit.agent_states.inodes import Change, Directory, File, Inode, Link

CALLS = ("open", "close", "write", "rename", "replace", "unlink", "mkdir", "rmdir", "symlink", "fsync")
CALLS += ("fchmod", "chmod", "fchown", "link")
RENAMEAT2 = swap.renameat2
REAL = {name: getattr(os, name) for name in CALLS}
WAYS = ("nothing", "everything", "in order", "any")


class Died(BaseException):
    """The program is gone; nothing may catch this."""


class Disk:
    """The directories `tops` below `base`."""

    def __init__(self, base: Path, tops: tuple[str, ...]) -> None:
        self.base = base
        self.tops = tops
        self.clock = 0
        self.dead = False
        self.left: int | None = None
        self.steps = 0
        self.open_files: dict[int, Inode] = {}
        self.lying: Callable[[], bool] | None = None  # whether an fsync does nothing, to try out what needs it
        self.root = self._all_durable()

    # --- running a program on it

    @contextlib.contextmanager
    def running(self, die_at: int | None = None) -> Iterator[None]:
        """Everything that is done inside is the program's; it raises Died at its change number `die_at`."""
        self.left, self.dead, self.steps = die_at, False, 0
        wrapped = {name: getattr(self, f"_{name}") for name in CALLS}
        try:
            for name, call in wrapped.items():
                setattr(os, name, call)
            swap.renameat2 = self._renameat2
            yield
        finally:
            swap.renameat2 = RENAMEAT2
            for name, call in REAL.items():
                setattr(os, name, call)
            self.open_files = {}

    def step(self, half: Callable[[], object] = lambda: None) -> None:
        """One change by the program, which may be its last; `half` is what a death in the middle of it leaves."""
        self.steps += 1
        if self.left is not None and not self.dead and self.steps >= self.left:
            half()
            self.dead = True
        if self.dead:
            raise Died

    def edit(self, path: Path, content: bytes | None) -> None:
        """Somebody else's change of a file, which is durable."""
        parent, name = self._find(str(path), None)
        assert parent is not None
        if content is None:
            path.unlink()
            parent.set_durably(name, None)
            return
        path.unlink(missing_ok=True)
        path.write_bytes(content)
        path.chmod(0o644)
        node = File(0o644, content)
        node.sync()
        parent.set_durably(name, node)

    # --- losing power

    def crash(self, way: str, seed: int) -> None:
        """Leave one of the states that a loss of power now may leave."""
        chance = random.Random(seed)
        last = chance.randint(0, self.clock)
        survives = {
            "nothing": lambda _: False,
            "everything": lambda _: True,
            "in order": lambda change: change.when <= last,
            "any": lambda _: chance.random() < 0.5,
        }[way]
        for top in self.tops:
            shutil.rmtree(self.base / top, ignore_errors=True)
        self._leave(self.root, self.base, survives, chance, everything=way == "everything")
        self.root = self._all_durable()

    def _leave(
        self, node: Directory, at: Path, survives: Callable[[Change], bool], chance: random.Random, *, everything: bool
    ) -> None:
        for name, child in node.after_crash(survives).items():
            path = at / name
            if isinstance(child, Link):
                path.symlink_to(child.target)
            elif isinstance(child, File):
                data, mode = child.after_crash(chance, everything=everything)
                path.write_bytes(data)
                path.chmod(mode)
            else:
                assert isinstance(child, Directory)
                path.mkdir()
                self._leave(child, path, survives, chance, everything=everything)
                mode = child.mode if everything else chance.choice([child.synced_mode, child.mode])
                path.chmod(mode)

    def _all_durable(self) -> Directory:
        self.clock = 0
        root = Directory(0o755)
        for top in self.tops:
            if (self.base / top).exists():
                root.names[top] = self._read(self.base / top)
        root.sync()
        return root

    def _read(self, path: Path) -> Inode:
        if path.is_symlink():
            return Link(str(path.readlink()))
        mode = stat.S_IMODE(path.stat().st_mode)
        if path.is_file():
            file = File(mode, path.read_bytes())
            file.sync()
            return file
        directory = Directory(mode)
        directory.names = {child.name: self._read(child) for child in path.iterdir()}
        directory.sync()
        return directory

    # --- the calls

    def _find(self, path: str, dir_fd: int | None) -> tuple[Directory | None, str]:
        """The directory that holds a name, and the name; None for what is not on this disk."""
        if dir_fd is not None:
            parent = self.open_files.get(dir_fd)
            return (parent if isinstance(parent, Directory) else None), path
        try:
            *parents, name = Path(path).relative_to(self.base).parts
        except ValueError:
            return None, path
        node: Inode | None = self.root
        for part in parents:
            node = node.names.get(part) if isinstance(node, Directory) else None
        if node is self.root and name not in self.tops:
            return None, path
        return (node if isinstance(node, Directory) else None), name

    def _changed(self, at: Directory, **names: Inode | None) -> None:
        self.clock += 1
        at.change(self.clock, **names)

    def _open(self, path, flags, mode=0o777, *, dir_fd=None):
        parent, name = self._find(str(path), dir_fd) if isinstance(path, (str, os.PathLike)) else (None, "")
        there = parent.names.get(name) if parent is not None else None
        creates = parent is not None and there is None and flags & os.O_CREAT
        if creates or (isinstance(there, File) and flags & os.O_TRUNC):
            self.step()
        fd = REAL["open"](path, flags, mode, dir_fd=dir_fd)
        if creates:
            there = File(stat.S_IMODE(os.fstat(fd).st_mode))
            self._changed(parent, **{name: there})
        if isinstance(there, File) and flags & os.O_TRUNC:
            there.data = b""
        self.open_files.pop(fd, None)
        if there is not None:
            self.open_files[fd] = there
        elif str(path) == str(self.base):
            self.open_files[fd] = self.root
        return fd

    def _close(self, fd):
        self.open_files.pop(fd, None)
        REAL["close"](fd)

    def _write(self, fd, data):
        node = self.open_files.get(fd)
        if not isinstance(node, File):
            return REAL["write"](fd, data)

        def write(part):
            done = REAL["write"](fd, part)
            node.data += bytes(part[:done])
            return done

        self.step(lambda: write(data[: len(data) // 2]))
        return write(data)

    def _rename(self, source, target, *, src_dir_fd=None, dst_dir_fd=None):
        at, old = self._find(str(source), src_dir_fd)
        to, new = self._find(str(target), dst_dir_fd)
        if at is not None:
            self.step()
        REAL["rename"](source, target, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)
        if at is not None:
            node = at.names[old]
            if at is to:
                self._changed(at, **{old: None, new: node})
            else:
                assert to is not None
                self._changed(at, **{old: None})
                to.change(self.clock, **{new: node})

    _replace = _rename

    def _renameat2(self, dir_fd, source, target, flags):
        at, _ = self._find(source, dir_fd)
        if at is None:
            return RENAMEAT2(dir_fd, source, target, flags)
        self.step()
        done = RENAMEAT2(dir_fd, source, target, flags)
        if done:
            came_out = at.names[target] if flags & swap.EXCHANGE else None
            self._changed(at, **{target: at.names[source], source: came_out})
        return done

    def _unlink(self, path, *, dir_fd=None):
        self._take_away("unlink", path, dir_fd)

    def _rmdir(self, path, *, dir_fd=None):
        self._take_away("rmdir", path, dir_fd)

    def _take_away(self, call, path, dir_fd):
        at, name = self._find(str(path), dir_fd)
        if at is not None and name in at.names:
            self.step()
        REAL[call](path, dir_fd=dir_fd)
        if at is not None:
            self._changed(at, **{name: None})

    def _mkdir(self, path, mode=0o777, *, dir_fd=None):
        at, name = self._find(str(path), dir_fd)
        if at is not None and name not in at.names:
            self.step()
        REAL["mkdir"](path, mode, dir_fd=dir_fd)
        if at is not None:
            found = os.stat(path, dir_fd=dir_fd, follow_symlinks=False)
            made = Directory(stat.S_IMODE(found.st_mode))
            made.synced_mode = made.mode
            self._changed(at, **{name: made})

    def _symlink(self, target, path, *, dir_fd=None):
        at, name = self._find(str(path), dir_fd)
        if at is not None:
            self.step()
        REAL["symlink"](target, path, dir_fd=dir_fd)
        if at is not None:
            self._changed(at, **{name: Link(str(target))})

    def _link(self, source, path, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True):
        at, old = self._find(str(source), src_dir_fd)
        to, new = self._find(str(path), dst_dir_fd)
        if to is not None:
            self.step()
        REAL["link"](source, path, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd, follow_symlinks=follow_symlinks)
        if at is not None and to is not None:
            self._changed(to, **{new: at.names[old]})

    def _fchmod(self, fd, mode):
        node = self.open_files.get(fd)
        if node is not None:
            self.step()
            node.mode = mode
        REAL["fchmod"](fd, mode)

    def _chmod(self, path, mode, *, dir_fd=None, follow_symlinks=True):
        at, name = self._find(str(path), dir_fd)
        if at is not None:
            self.step()
            at.names[name].mode = mode
        REAL["chmod"](path, mode, dir_fd=dir_fd, follow_symlinks=follow_symlinks)

    def _fchown(self, fd, uid, gid):
        if fd in self.open_files:
            self.step()
        REAL["fchown"](fd, uid, gid)

    def _fsync(self, fd):
        node = self.open_files.get(fd)
        if node is not None:  # what is not on this disk needs no real one to turn
            self.step()
            if self.lying is None or not self.lying():
                node.sync()
