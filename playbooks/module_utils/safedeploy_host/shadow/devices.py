"""A /dev of a shadow's own: the few devices that harm nobody, and no way to any other."""

from __future__ import annotations

import os
import stat

from .. import namespaces

_NODES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}
_LINKS = {
    "fd": "/proc/self/fd",
    "stdin": "/proc/self/fd/0",
    "stdout": "/proc/self/fd/1",
    "stderr": "/proc/self/fd/2",
    "ptmx": "pts/ptmx",
}
_CLOSED = namespaces.NO_SUID | namespaces.NO_EXECUTION


def make(root: str) -> None:
    """Make dev below `root`; dev/shm, when it is a mount of the host, is mounted already and moves along."""
    dev = f"{root}/dev"
    shared = f"{dev}/shm"
    os.makedirs(shared, exist_ok=True)
    kept = os.open(shared, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    namespaces.mount("tmpfs", dev, "tmpfs", _CLOSED, "mode=0755,size=1m,nr_inodes=1k")
    for name, (major, minor) in _NODES.items():
        _make_node(f"{dev}/{name}", os.makedev(major, minor), f"/dev/{name}")
    for name, target in _LINKS.items():
        os.symlink(target, f"{dev}/{name}")
    os.mkdir(shared)
    namespaces.mount(f"/proc/self/fd/{kept}", shared, flags=namespaces.BIND)
    os.close(kept)
    os.mkdir(f"{dev}/pts")
    namespaces.mount("devpts", f"{dev}/pts", "devpts", _CLOSED, "newinstance,ptmxmode=0666,mode=0620")


def _make_node(path: str, device: int, original: str) -> None:
    try:
        os.mknod(path, 0o666 | stat.S_IFCHR, device)
        os.chmod(path, 0o666)  # noqa: S103 -- as they are everywhere
    except PermissionError:
        # In a user namespace no device can be made; the host's own is shown, and cannot be changed.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o666))
        namespaces.mount(original, path, flags=namespaces.BIND)
