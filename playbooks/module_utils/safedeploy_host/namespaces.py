"""Private namespaces by ctypes: unshare(2), mount(2), prctl(2). Linux only; a failure is an OSError with its errno."""

from __future__ import annotations

import ctypes
import os

NEWNS = 0x00020000
NEWUTS = 0x04000000
NEWIPC = 0x08000000
NEWUSER = 0x10000000
NEWPID = 0x20000000
NEWNET = 0x40000000

READ_ONLY = 1
NO_SUID = 2
NO_DEVICES = 4
NO_EXECUTION = 8
REMOUNT = 32
BIND = 4096
RECURSIVE = 16384
PRIVATE = 1 << 18

_SET_PDEATHSIG = 1
_SET_DUMPABLE = 4
_DETACH = 2
_libc = ctypes.CDLL(None, use_errno=True)


def unshare(flags: int) -> None:
    """Leave the namespaces in `flags` for new ones (a new pid namespace is for children only)."""
    _check(_libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str, target: str, kind: str | None = None, flags: int = 0, options: str = "") -> None:
    """Mount something, with the parameters of the system call."""
    data = options.encode() if options else None
    result = _libc.mount(
        os.fsencode(source), os.fsencode(target), kind.encode() if kind else None, ctypes.c_ulong(flags), data
    )
    _check(result, f"mount on {target}")


def die_with_parent(number: int) -> None:
    """Have the kernel send this process the signal `number` when the thread that made it ends, however it ends."""
    _check(_libc.prctl(_SET_PDEATHSIG, ctypes.c_ulong(number), 0, 0, 0), "prctl")


def control_process(option: int, value: int) -> int:
    """Call prctl(2) with one value; -1 when the kernel refuses."""
    return int(_libc.prctl(ctypes.c_int(option), ctypes.c_ulong(value), 0, 0, 0))


def set_capabilities(header: object, sets: object) -> None:
    """Call capset(2)."""
    _check(_libc.capset(header, sets), "capset")


def unmount(target: str) -> None:
    """Call umount2(2), also while it is in use."""
    _check(_libc.umount2(os.fsencode(target), ctypes.c_int(_DETACH)), f"unmount {target}")


def hide_from_processes() -> None:
    """Keep this process's descriptors and memory from whoever lacks CAP_SYS_PTRACE, also from its own user."""
    _check(_libc.prctl(_SET_DUMPABLE, ctypes.c_ulong(0), 0, 0, 0), "prctl")


def join(descriptor: int, kind: int) -> None:
    """Enter the namespace of this kind that the descriptor of a /proc/PID/ns/* file is open on."""
    _check(_libc.setns(ctypes.c_int(descriptor), ctypes.c_int(kind)), "setns")


def change_root(path: str) -> None:
    """Make the mount at `path` the root of this mount namespace, as pivot_root(2), and let go of the former one."""
    os.chdir(path)
    # On itself: the old root is then stacked on the new one, and needs no directory in it.
    _check(_libc.pivot_root(b".", b"."), f"pivot_root to {path}")
    unmount(".")
    os.chdir("/")


def enter_private_mounts() -> None:
    """Give this process mounts that nobody else sees, and its children a pid namespace that dies with the first.

    Without the privilege a user namespace lends it, in which this process stays the user that it is. Raises OSError
    when the machine allows neither.
    """
    try:
        unshare(NEWNS | NEWPID)
    except PermissionError:
        unshare_as_user(NEWNS | NEWPID)
    mount("none", "/", flags=RECURSIVE | PRIVATE)


def unshare_as_user(flags: int) -> None:
    """As unshare, with a user namespace that lends the privilege; this process stays the user that it is."""
    uid, gid = os.geteuid(), os.getegid()
    unshare(NEWUSER | flags)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{uid} {uid} 1")
    _write("/proc/self/gid_map", f"{gid} {gid} 1")


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
