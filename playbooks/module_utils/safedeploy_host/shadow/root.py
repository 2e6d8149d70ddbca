"""A whole file system for a shadow: what the host has, at the same paths, and nothing written reaches the host.

Each writable mount of the host is seen through overlayfs, whose upper layers all lie on one tmpfs of limited size that
is in no path. What the kernel makes (/proc, /sys, /dev) is made anew. A mount that cannot be laid under an overlay is
read-only, and named in the limits.
"""

from __future__ import annotations

import os
import stat

from .. import namespaces
from . import devices, mounts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .mounts import Mount

_CLOSED = namespaces.NO_SUID | namespaces.NO_DEVICES | namespaces.NO_EXECUTION
_SMALL = 1024 * 1024


class Root:
    """A root that is being made. `read_only` are the mounts to close when everything is laid, `limits` what is not."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.path = f"{place}/root"
        self.read_only: list[tuple[str, int]] = []
        self.limits: list[str] = []
        self._layers = 0

    def add(self, mount: Mount) -> None:
        """Show one mount of the host."""
        if not mount.directory:
            self._add_file(mount)
            return
        target = self.path + (mount.path if mount.path != "/" else "")
        os.makedirs(target, exist_ok=True)
        flags = mount.flags | namespaces.NO_DEVICES
        try:
            self._overlay(mount.source, target, flags)
        except OSError:
            if mount.path == "/":
                raise
            namespaces.mount(mount.source, target, flags=namespaces.BIND)
            _close(target, flags)
            self.limits.append(f"{mount.path} is read-only in the shadow: its file system does not take an overlay")
            return
        if mount.read_only:
            self.read_only.append((mount.path, flags))

    def _overlay(self, source: str, target: str, flags: int) -> None:
        upper, work = f"{self.place}/upper{self._layers}", f"{self.place}/work{self._layers}"
        self._layers += 1
        os.mkdir(upper)
        os.mkdir(work)
        status = os.stat(source)
        os.chown(upper, status.st_uid, status.st_gid)
        os.chmod(upper, stat.S_IMODE(status.st_mode))
        namespaces.mount("overlay", target, "overlay", flags, f"lowerdir={source},upperdir={upper},workdir={work}")

    def _add_file(self, mount: Mount) -> None:
        """A file that is a mount of its own, as containers have: its copy. A socket or device is left out."""
        status = os.stat(mount.source)
        target = self.path + mount.path
        if not stat.S_ISREG(status.st_mode) or status.st_size > _SMALL:
            self.limits.append(f"{mount.path}, a mount of its own, is not in the shadow")
            return
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(mount.source, "rb") as there:
            content = there.read()
        if os.path.lexists(target):
            os.unlink(target)
        with open(target, "wb") as here:
            here.write(content)
        os.chown(target, status.st_uid, status.st_gid)
        os.chmod(target, stat.S_IMODE(status.st_mode))


def make(size: int) -> Root:
    """Build the root on a tmpfs of `size` bytes. Call in private mounts. OSError when the kernel does not allow it."""
    shown = mounts.to_show()
    place = next(path for path in ("/run", "/tmp", "/var") if os.path.isdir(path))  # noqa: S108 -- covered, not used
    namespaces.mount("tmpfs", place, "tmpfs", namespaces.NO_SUID, f"mode=0700,size={size},nr_inodes=100k")
    root = Root(place)
    os.mkdir(root.path)
    for mount in shown:
        root.add(mount)
    devices.make(root.path)
    return root


def enter(root: Root) -> None:
    """Make it the root of this process and let go of the host's mounts; /proc is that of this pid namespace."""
    for name, kind in (("proc", "proc"), ("sys", "sysfs")):
        target = f"{root.path}/{name}"
        if os.path.isdir(target):
            namespaces.mount(kind, target, kind, _CLOSED | namespaces.READ_ONLY)
    namespaces.change_root(root.path)


def close(root: Root) -> None:
    """Make read-only what is so on the host."""
    for path, flags in root.read_only:
        _close(path, flags)


def _close(path: str, flags: int) -> None:
    namespaces.mount("none", path, flags=namespaces.REMOUNT | namespaces.BIND | namespaces.READ_ONLY | flags)
