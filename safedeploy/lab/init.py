"""The first process of a host in namespaces: makes them, boots the host, and reaps its orphans until it is killed.

A program, not a module: `python3 -I -S init.py SPEC`. It imports nothing but the standard library and nothing after the
file system has changed. Standard output says, one JSON document a line: {"pid": n}, {"booted": true, "problems": [...]}
or {"failed": "..."}. Standard input says `network` when the link is there and `stay` when the whole lab is up; when it
ends before, the host ends too, so that nothing is left of an `up` that was killed. The death of this process is the
death of every process of the host (pid_namespaces(7)), of its mounts and of its link.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWNET = (
    0x00020000,
    0x04000000,
    0x08000000,
    0x20000000,
    0x40000000,
)
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE, MS_RDONLY = 2, 4, 8, 4096, 16384, 1 << 18, 1
MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE, MOUNT_ATTR_RDONLY = 442, -100, 0x8000, 1
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}

libc = ctypes.CDLL(None, use_errno=True)


def check(result: int, what: str) -> None:
    """Turn the answer of a C function into an OSError that says what was tried."""
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    """Mount, as the system call of that name does."""
    text = [part.encode() if part is not None else None for part in (source, target, kind)]
    data = options.encode() if options is not None else None
    check(libc.mount(*text, ctypes.c_ulong(flags), data), f"mount {target}")


def set_read_only(target: str, *, read_only: bool, recursive: bool = False) -> None:
    """Call mount_setattr(2), since Linux 5.12; changes this namespace's mount, never the file system."""

    class Attributes(ctypes.Structure):
        _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "userns")]

    wanted = Attributes(MOUNT_ATTR_RDONLY, 0, 0, 0) if read_only else Attributes(0, MOUNT_ATTR_RDONLY, 0, 0)
    check(
        libc.syscall(
            ctypes.c_long(MOUNT_SETATTR),
            ctypes.c_int(AT_FDCWD),
            ctypes.c_char_p(target.encode()),
            ctypes.c_uint(AT_RECURSIVE if recursive else 0),
            ctypes.byref(wanted),
            ctypes.c_size_t(ctypes.sizeof(wanted)),
        ),
        f"mount_setattr {target}",
    )


def change_file_system(spec: dict[str, Any]) -> None:
    """Everything read-only, then the host's own directories over it: nothing a host does can reach the machine."""
    mount(None, "/", None, MS_REC | MS_PRIVATE)
    # Opened first, since one of the new mounts may hide the place where they are.
    own = [(os.open(source, os.O_PATH), target) for source, target in spec["private"]]
    shown = [(os.open(path, os.O_PATH), path) for path in spec["shown"] if Path(path).exists()]
    set_read_only("/", read_only=True, recursive=True)
    for descriptor, target in own:
        mount(f"/proc/self/fd/{descriptor}", target, None, MS_BIND)
        set_read_only(target, read_only=False)
        os.close(descriptor)
    for descriptor, target in shown:
        mount(f"/proc/self/fd/{descriptor}", target, None, MS_BIND)
        os.close(descriptor)
    mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755")
    mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777")  # noqa: S108 - the host's own
    mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777")  # noqa: S108 - the host's own
    mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620,gid=5")
    with contextlib.suppress(OSError):  # only makes the listing of network interfaces the host's own
        mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY)
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    os.chdir("/")


def boot(spec: dict[str, Any]) -> list[str]:
    """Start what the host starts at boot, in order; what went wrong. A host with a dead httpd is still a host."""
    os.umask(0o022)
    for directory, mode in (("/run/lock", 0o1777), ("/run/sshd", 0o755), ("/run/sudo", 0o711)):
        Path(directory).mkdir()
        Path(directory).chmod(mode)
    problems = []
    for step in spec["boot"]:
        log = os.open(step["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
        try:
            # A leader of a session whose parent is process 1 counts as a daemon already for sshd, which then stays.
            child = subprocess.Popen(
                step["argv"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=ENVIRONMENT,
                start_new_session=step["stays"],
            )
            if not step["stays"] and child.wait():
                problems.append(f"{step['name']} ended with {child.returncode}: {tail(step['log'])}")
            elif step["port"] and not comes_up(step["port"]):
                problems.append(f"{step['name']} does not answer: {tail(step['log'])}")
        except OSError as error:
            problems.append(f"{step['name']}: {error}")
        finally:
            os.close(log)
    return problems


def comes_up(port: int) -> bool:
    """Wait until something listens: sshd does not yet when its start returns, and a proxy that found nobody waits."""
    for _ in range(1000):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return True
    return False


def tail(path: str) -> str:
    """The last lines of a log, as one line."""
    return " / ".join(Path(path).read_text(errors="replace").splitlines()[-4:])


def say(document: dict[str, Any]) -> None:
    """One line for the one who started us."""
    with contextlib.suppress(BrokenPipeError):
        os.write(1, (json.dumps(document) + "\n").encode())


def reap_for_ever() -> None:
    """What a first process is for. The signal is blocked, so that one which comes between two looks is not lost."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass
        signal.sigwait([signal.SIGCHLD])


def first_process(spec: dict[str, Any]) -> None:
    """The life of the host."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # the default would discard the signal, blocked or not
    orders = os.fdopen(0, "r", closefd=False)
    try:
        socket.sethostname(spec["name"])
        change_file_system(spec)
        if orders.readline() != "network\n":
            return
        subprocess.run(
            ["ip", "-batch", "-"], input=spec["network"].encode(), check=True, capture_output=True, env=ENVIRONMENT
        )
        say({"booted": True, "problems": boot(spec)})
    except subprocess.CalledProcessError as error:
        say({"failed": f"{error.cmd}: {error.stderr.decode(errors='replace')}"})
        return
    except OSError as error:
        say({"failed": str(error)})
        return
    if orders.readline() != "stay\n":
        return
    nothing = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    reap_for_ever()


def main() -> None:
    """Make the namespaces, leave the first process in them behind, and go."""
    spec = json.loads(Path(sys.argv[1]).read_text())
    try:
        check(libc.unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC), "unshare")
    except OSError as error:
        say({"failed": str(error)})
        return
    child = os.fork()
    if child:
        say({"pid": child})
        return
    first_process(spec)
    os._exit(0)


if __name__ == "__main__":
    main()
