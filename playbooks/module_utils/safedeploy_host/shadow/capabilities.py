"""Takes from a process, and from all that it starts, every capability that httpd does not need. See capabilities(7)."""

from __future__ import annotations

import ctypes

from .. import namespaces

# By number: what a server run by root needs to take its ports, its user, its limits and its files, and to signal its
# children. Left out are the ways to other processes, to the kernel, to devices and out of a mount (open_by_handle_at).
_CHOWN, _DAC_OVERRIDE, _FOWNER, _FSETID, _KILL, _SETGID, _SETUID = 0, 1, 3, 4, 5, 6, 7
_SETPCAP, _NET_BIND_SERVICE, _IPC_LOCK, _SYS_CHROOT, _SYS_RESOURCE = 8, 10, 14, 18, 24
KEPT = (
    _CHOWN,
    _DAC_OVERRIDE,
    _FOWNER,
    _FSETID,
    _KILL,
    _SETGID,
    _SETUID,
    _SETPCAP,
    _NET_BIND_SERVICE,
    _IPC_LOCK,
    _SYS_CHROOT,
    _SYS_RESOURCE,
)
_BOUNDING_SET_READ, _BOUNDING_SET_DROP = 23, 24
_VERSION_3 = 0x20080522


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Sets(ctypes.Structure):
    _fields_ = [("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32)]


def _permitted() -> int:
    with open("/proc/self/status", encoding="ascii") as stream:
        return next(int(line.split()[1], 16) for line in stream if line.startswith("CapPrm:"))


def drop() -> None:
    """Keep KEPT only, now and for every program that is executed later. Raises OSError.

    An ordinary user's programs lose the rest too when they are executed, as everywhere.
    """
    number = 0
    while namespaces.control_process(_BOUNDING_SET_READ, number) >= 0:
        if number not in KEPT:
            namespaces.control_process(_BOUNDING_SET_DROP, number)
        number += 1
    # A container may have been given less than that.
    low = sum(1 << number for number in KEPT) & _permitted()
    sets = (_Sets * 2)(_Sets(low, low, 0), _Sets(0, 0, 0))
    namespaces.set_capabilities(ctypes.byref(_Header(_VERSION_3, 0)), ctypes.byref(sets))
