"""A whole file system for a shadow: what the host has, at the same paths, and nothing written reaches the host.

Each writable mount of the host is seen through overlayfs, whose upper layers all lie on one tmpfs of limited size that
is in no path. What the kernel makes (/proc, /sys, /dev) is made anew. A mount that cannot be laid under an overlay is
read-only, and named in the limits.
"""

from __future__ import annotations

import os
import shutil
import stat

from .. import namespaces
from . import devices, mounts
from .privilege import NoNamespaces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable

    from .mounts import Mount

_CLOSED = namespaces.NO_SUID | namespaces.NO_DEVICES | namespaces.NO_EXECUTION
_FOR_ALL = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock")  # noqa: S108 -- the host's own
_SMALL = 1024 * 1024


class Root:
    """A root that is being made. `read_only` are the mounts to close when everything is laid, `limits` what is not."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.path = f"{place}/root"
        self.read_only: list[tuple[str, int]] = []
        self.limits: list[str] = []
        self._layers = 0
        self._covered: list[str] = []
        # The kernel lets only real root take a directory out from among the mounts in it.
        self._in_parts = os.geteuid() != 0
        self._mounted = mounts.paths()

    def add(self, mount: Mount) -> None:
        """Show one mount of the host."""
        if not mount.directory:
            self._add_file(mount)
            return
        os.makedirs(self._target(mount.path), exist_ok=True)
        flags = mount.flags | namespaces.NO_DEVICES
        if self._in_parts and self._holds_mounts(mount.path):
            namespaces.mount("tmpfs", self._target(mount.path), "tmpfs", namespaces.NO_DEVICES, "mode=0755,size=16m")
            self._add_parts(mount.source, mount.path, flags)
        else:
            self._add_directory(mount.source, mount.path, flags)
        if mount.read_only:
            self.read_only.append((mount.path, flags))

    def add_writable(self, descriptor: int, path: str, flags: int) -> None:
        """Show a directory that a user may write to: below one that he may not, an overlay would refuse him too."""
        if path not in self._covered:
            self._add_directory(f"/proc/self/fd/{descriptor}", path, flags)

    def _add_directory(self, source: str, path: str, flags: int) -> None:
        upper, work = f"{self.place}/upper{self._layers}", f"{self.place}/work{self._layers}"
        self._layers += 1
        os.mkdir(upper)
        os.mkdir(work)
        self._covered.append(path)
        _be_like(os.stat(source), upper)
        # In a user namespace what an overlay notes about its files must be noted as a user may.
        options = f"lowerdir={source},upperdir={upper},workdir={work}" + (",userxattr" if self._in_parts else "")
        try:
            namespaces.mount("overlay", self._target(path), "overlay", flags, options)
        except OSError as error:
            if path == "/":
                raise NoNamespaces(f"the root directory takes no overlay: {error}") from error
            self._bind(source, path, flags)
            self.limits.append(f"{path} is read-only in the shadow: its file system does not take an overlay")

    def _add_parts(self, source: str, path: str, flags: int) -> None:
        """Show a directory with mounts in it: itself made anew, and what is in it part by part."""
        _be_like(os.stat(source), self._target(path))
        for name in sorted(os.listdir(source)):
            there, here = f"{source}/{name}", f"{path.rstrip('/')}/{name}"
            kind = os.lstat(there).st_mode
            if stat.S_ISLNK(kind):
                os.symlink(os.readlink(there), self._target(here))
            elif stat.S_ISDIR(kind):
                os.mkdir(self._target(here))
                if self._holds_mounts(here):
                    self._add_parts(there, here, flags)
                elif here not in self._mounted:
                    self._add_directory(there, here, flags)
            elif stat.S_ISREG(kind) and here not in self._mounted:
                self._add_part(there, here, flags)

    def _add_part(self, source: str, path: str, flags: int) -> None:
        status = os.stat(source)
        if status.st_size <= _SMALL and os.access(source, os.R_OK):
            _copy(source, self._target(path), status)
        else:
            os.close(os.open(self._target(path), os.O_CREAT | os.O_WRONLY))
            self._bind(source, path, flags)

    def _bind(self, source: str, path: str, flags: int) -> None:
        namespaces.mount(source, self._target(path), flags=namespaces.BIND)
        _close(self._target(path), flags)

    def _holds_mounts(self, path: str) -> bool:
        return any(one.startswith(path.rstrip("/") + "/") for one in self._mounted if one != path)

    def _target(self, path: str) -> str:
        return self.path + (path if path != "/" else "")

    def _add_file(self, mount: Mount) -> None:
        """A file that is a mount of its own, as containers have: its copy. A socket or device is left out."""
        status = os.stat(mount.source)
        target = self._target(mount.path)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _SMALL:
            self.limits.append(f"{mount.path}, a mount of its own, is not in the shadow")
            return
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if os.path.lexists(target):
            os.unlink(target)
        _copy(mount.source, target, status)


def make(size: int, written: Iterable[str]) -> Root:
    """Build the root on a tmpfs of `size` bytes. Call in private mounts. OSError when the kernel does not allow it.

    Below `written` the server writes, or something is laid.
    """
    shown = mounts.to_show()
    writable = [] if os.geteuid() == 0 else _writable([*written, *_FOR_ALL])
    # Covered here and made anew in the root: nothing else is ever read below it.
    place = "/sys"
    namespaces.mount("tmpfs", place, "tmpfs", namespaces.NO_SUID, f"mode=0700,size={size},nr_inodes=100k")
    root = Root(place)
    os.mkdir(root.path)
    for mount in shown:
        root.add(mount)
    for path, descriptor in writable:
        flags = max((mount for mount in shown if _holds(mount.path, path)), key=lambda mount: len(mount.path)).flags
        root.add_writable(descriptor, path, flags | namespaces.NO_DEVICES)
    devices.make(root.path)
    return root


def _writable(paths: Iterable[str]) -> list[tuple[str, int]]:
    """The directories on the way to these paths that this user may write to, in one that he may not, opened."""
    found: set[str] = set()
    for path in map(os.path.realpath, paths):
        parts = path.split("/")
        ways = ["/".join(parts[: count + 1]) for count in range(1, len(parts))]
        mine = [os.path.isdir(way) and os.access(way, os.W_OK) for way in ways]
        found.update(way for way, above, here in zip(ways, [False, *mine], mine) if here and not above)
    return [(path, os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)) for path in sorted(found)]


def _holds(outer: str, path: str) -> bool:
    return path == outer or path.startswith(outer.rstrip("/") + "/")


def enter(root: Root) -> None:
    """Make it the root of this process and let go of the host's mounts; /proc is that of this pid namespace."""
    namespaces.mount("proc", f"{root.path}/proc", "proc", _CLOSED | namespaces.READ_ONLY)
    try:
        namespaces.mount("sysfs", f"{root.path}/sys", "sysfs", _CLOSED | namespaces.READ_ONLY)
    except OSError as error:
        root.limits.append(f"/sys is empty in the shadow: {error}")
    namespaces.change_root(root.path)


def close(root: Root) -> None:
    """Make read-only what is so on the host."""
    for path, flags in root.read_only:
        _close(path, flags)


def _copy(source: str, target: str, status: os.stat_result) -> None:
    shutil.copyfile(source, target)
    _be_like(status, target)


def _be_like(status: os.stat_result, path: str) -> None:
    if os.geteuid() == 0:
        os.chown(path, status.st_uid, status.st_gid)
    os.chmod(path, stat.S_IMODE(status.st_mode))


def _close(path: str, flags: int) -> None:
    namespaces.mount("none", path, flags=namespaces.REMOUNT | namespaces.BIND | namespaces.READ_ONLY | flags)
