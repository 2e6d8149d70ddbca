"""A piped log program that tries to leave its shadow, run by root's httpd: `hostile.py REPORT TARGETS`.

TARGETS is a JSON file. What was tried and how it ended is written to REPORT, as JSON, and nothing here knows whether
that was to be expected.
"""

# The system calls themselves, as an intruder makes them:
# ruff: noqa: PTH104, PTH108, PTH110, PTH115, PTH123, PTH208, SIM115
from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import stat
import sys
from collections.abc import Callable
from typing import Any

libc = ctypes.CDLL(None, use_errno=True)


def attempt(act: Callable[[], Any]) -> str:
    try:
        return f"done: {act()}"
    except OSError as error:
        return f"refused: {error.strerror}"


def call(number: int) -> str:
    if number:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return "0"


def write(path: str, text: str = "hostile") -> str:
    with open(path, "a") as stream:
        stream.write(text)
    return path


def node(device: int) -> str:
    path = "/tmp/hostile-device"
    os.mknod(path, 0o600 | stat.S_IFBLK, device)
    with open(path, "rb") as stream:
        return str(len(stream.read(512)))


def connect(family: int, address: Any) -> str:
    with socket.socket(family, socket.SOCK_STREAM) as one:
        one.settimeout(1)
        one.connect(address)
    return "connected"


def descriptors(pid: int) -> list[str]:
    return [os.readlink(f"/proc/{pid}/fd/{name}") for name in os.listdir(f"/proc/{pid}/fd")]


def as_root_of_its_own(act: Callable[[], Any]) -> str:
    """Tried again with every capability, in a user namespace."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        outcome = attempt(lambda: call(libc.unshare(0x10000000 | 0x00020000)))
        os.write(writer, (attempt(act) if outcome.startswith("done") else outcome).encode())
        os._exit(0)
    os.close(writer)
    return os.read(reader, 1000).decode()


def kill_others() -> str:
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) not in (1, os.getpid()):
            os.kill(int(name), 0)
    os.kill(1, signal.SIGKILL)
    return "sent"


def main() -> None:
    with open(sys.argv[2]) as stream:
        targets = json.load(stream)
    report = {
        "files": [attempt(lambda path=path: write(path)) for path in targets["files"]],
        "removed": [attempt(lambda path=path: os.unlink(path)) for path in targets["remove"]],
        "kill": [attempt(lambda pid=pid: os.kill(pid, signal.SIGKILL)) for pid in targets["pids"]],
        "kill others": attempt(kill_others),
        "own processes": sorted(int(name) for name in os.listdir("/proc") if name.isdigit()),
        "sysctl": attempt(lambda: write("/proc/sys/kernel/printk_ratelimit", "5")),
        "sysrq": attempt(lambda: write("/proc/sysrq-trigger", "h")),
        "sys": attempt(lambda: write("/sys/kernel/mm/ksm/run", "0")),
        "device": attempt(lambda: node(targets["device"])),
        "devices": sorted(os.listdir("/dev")),
        "mount": attempt(lambda: call(libc.mount(b"tmpfs", b"/mnt", b"tmpfs", 0, None))),
        "remount": attempt(lambda: call(libc.mount(b"none", b"/proc", None, 32 | 4096, None))),
        "remount as root of its own": as_root_of_its_own(
            lambda: call(libc.mount(b"none", b"/proc", None, 32 | 4096, None))
        ),
        "first as root of its own": as_root_of_its_own(lambda: descriptors(1)),
        "sysctl as root of its own": as_root_of_its_own(lambda: write("/proc/sys/kernel/printk_ratelimit", "5")),
        "uncover as root of its own": as_root_of_its_own(lambda: call(libc.umount2(b"/", 2))),
        "unshare": attempt(lambda: call(libc.unshare(0x00020000))),
        "hostname": attempt(lambda: socket.sethostname("hostile")),
        "trace": attempt(lambda: call(libc.ptrace(16, 1, 0, 0))),
        "first": attempt(lambda: descriptors(1)),
        "parent": attempt(lambda: descriptors(2)),
        "tcp": attempt(lambda: connect(socket.AF_INET, ("127.0.0.1", targets["port"]))),
        "abstract": attempt(lambda: connect(socket.AF_UNIX, targets["abstract"])),
        "socket": attempt(lambda: connect(socket.AF_UNIX, targets["socket"])),
        "semaphores": sum(1 for _ in open("/proc/sysvipc/sem")) - 1,
        "chroot": attempt(lambda: os.chroot("/proc/1/" + "root/..")),
        "address space": os.path.exists("/proc/kcore") and attempt(lambda: open("/proc/kcore", "rb").read(1)),
        "raw": attempt(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3).close()),
        "priority": attempt(lambda: os.setpriority(os.PRIO_PROCESS, 0, -20)),
    }
    with open(sys.argv[1] + ".new", "w") as stream:
        json.dump(report, stream)
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    while sys.stdin.buffer.readline():
        pass


main()
