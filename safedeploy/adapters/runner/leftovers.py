"""Directories of a process that are removed when it is killed: by its keeper at once, or by a later process.

The keeper (keeper.py) is a process of its own. Each directory is held locked, so that a later process can tell what a
killed one, whose keeper was killed too, has left.

The kernel drops a lock with its process, however that ends. A process id would not do: it is used again, and it means
somebody else, or nobody, to a process of another namespace (a container) that shares the parent directory.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

_held: list[int] = []  # descriptors of our own directories: open, and so locked, until we end


def make(prefix: str, parent: Path) -> Path:
    """A new private directory (0700) that belongs to this process."""
    # Under a name that nobody looks for until it is locked.
    made = Path(tempfile.mkdtemp(prefix=f".new-{prefix}{os.getpid()}-", dir=parent))
    place = parent / made.name.removeprefix(".new-")
    try:
        entrust(made, place)
        descriptor = os.open(made, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        _held.append(descriptor)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        made.rename(place)
    except BaseException:  # an interruption, for one
        for path in (made, place):
            shutil.rmtree(path, ignore_errors=True)
        raise
    return place


def entrust(*paths: Path) -> None:
    """Have the keeper remove these when this process has been killed."""
    with contextlib.suppress(OSError):  # without a keeper the next run does its work, for our own directories
        _keeper().write("".join(f"{path.absolute()}\n" for path in paths).encode())


@functools.cache
def _keeper() -> io.RawIOBase:
    """What the keeper of this process reads. It ends with us: nobody else has the other end of the pipe."""
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", str(Path(__file__).with_name("keeper.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        bufsize=0,
        start_new_session=True,
    )
    process.returncode = 0  # it outlives us for a moment, on purpose: no warning about that
    assert isinstance(process.stdin, io.RawIOBase)  # noqa: S101 - it was opened as a pipe without a buffer
    return process.stdin


def left(prefix: str, parent: Path) -> Iterator[Path]:
    """Directories of this user's processes that are no more; each is locked until the next one is asked for."""
    for path in parent.glob(f"{prefix}[0-9]*-*"):
        if path.name.removeprefix(prefix).partition("-")[0].isdigit():
            with _unless_in_use(path) as unused:
                if unused:
                    yield path


@contextlib.contextmanager
def _unless_in_use(path: Path) -> Iterator[bool]:
    """Whether `path` is a directory of this user that no process has locked; it is locked meanwhile."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        yield False
        return
    try:
        yield os.fstat(descriptor).st_uid == os.getuid() and _locked(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    """Take the lock; False when somebody has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
