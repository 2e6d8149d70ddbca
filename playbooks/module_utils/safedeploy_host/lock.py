"""One changing command at a time on a host: flock(2), which the kernel releases at any death."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time

from .protocol import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def locked(path: str, wait: float | None) -> Iterator[None]:
    """Hold the lock. Waits at most `wait` seconds, or for ever when None; raises AgentError(lease-held) after that."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        _acquire(fd, wait)
        yield
    finally:
        os.close(fd)


def _acquire(fd: int, wait: float | None) -> None:
    if wait is None:
        fcntl.flock(fd, fcntl.LOCK_EX)
        return
    end = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
        else:
            return
        if time.monotonic() >= end:
            raise AgentError(
                "lease-held",
                f"another command has been changing this host for more than {wait:.0f} s",
                next="Wait for it to end, then try again; `status` shows what it does.",
            )
        time.sleep(0.05)
