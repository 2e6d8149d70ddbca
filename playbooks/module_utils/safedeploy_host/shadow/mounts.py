"""The mounts that this process sees, and which of them a shadow shows."""

from __future__ import annotations

import os

from .. import namespaces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

_FLAGS = {"nosuid": namespaces.NO_SUID, "noexec": namespaces.NO_EXECUTION}
# The kernel's own; what of it a server needs is made anew.
_KERNEL = frozenset(
    (
        *("autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts", "devtmpfs", "efivarfs"),
        *("fusectl", "hugetlbfs", "mqueue", "nfsd", "nsfs", "proc", "pstore", "ramfs", "rootfs", "rpc_pipefs"),
        *("securityfs", "selinuxfs", "smackfs", "sysfs", "tracefs"),
    )
)
_MADE_ANEW = ("/proc", "/sys", "/dev")
_SHARED_MEMORY = "/dev/shm"  # noqa: S108 -- a mount that is looked for
# The file systems of containers: many, and nothing that httpd reads.
_CONTAINERS = ("/var/lib/docker", "/var/lib/containers", "/var/lib/containerd", "/var/lib/kubelet", "/run/containerd")


class Mount:
    """A mount in sight. `descriptor` is open on it (O_PATH), `flags` are those to mount with, `directory` its kind."""

    def __init__(self, path: str, options: list[str], descriptor: int) -> None:
        self.path = path
        self.descriptor = descriptor
        self.read_only = "ro" in options
        self.flags = sum(flag for name, flag in _FLAGS.items() if name in options)
        self.directory = os.path.isdir(f"/proc/self/fd/{descriptor}")

    @property
    def source(self) -> str:
        """A path of the mount itself, wherever else it is hidden. Good while `descriptor` is open."""
        return f"/proc/self/fd/{self.descriptor}"


def to_show() -> list[Mount]:
    """The mounts that a shadow shows, outer ones first, the root among them."""
    return sorted(_in_sight(), key=lambda mount: mount.path)


def paths() -> list[str]:
    """Where anything is mounted."""
    return sorted({path for path, _, _ in _lines()})


def _lines() -> Iterator[tuple[str, list[bytes], str]]:
    """Path, fields and file system of each mount."""
    with open("/proc/self/mountinfo", "rb") as stream:
        lines = stream.read().splitlines()
    for line in lines:
        # See proc(5): an unknown number of fields comes before the dash.
        before, _, after = line.partition(b" - ")
        fields = before.split(b" ")
        path = os.fsdecode(fields[4].decode("unicode_escape").encode("latin-1"))
        yield path, fields, after.split(b" ")[0].decode()


def _in_sight() -> Iterator[Mount]:
    for path, fields, kind in _lines():
        if path != "/" and (kind in _KERNEL or _left_out(path)):
            continue
        try:
            descriptor = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            continue
        if _mount_id(descriptor) == int(fields[0]):
            yield Mount(path, fields[5].decode().split(","), descriptor)
        else:
            # Another mount hides it.
            os.close(descriptor)


def _left_out(path: str) -> bool:
    if path == _SHARED_MEMORY:
        return False
    return any(path == place or path.startswith(place + "/") for place in (*_MADE_ANEW, *_CONTAINERS))


def _mount_id(descriptor: int) -> int:
    with open(f"/proc/self/fdinfo/{descriptor}", encoding="ascii") as stream:
        for line in stream:
            name, _, value = line.partition(":")
            if name == "mnt_id":
                return int(value)
    return -1
