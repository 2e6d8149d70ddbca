"""Whether the dead-man of an activation lives: it holds the lock of a file of its own as long as it does.

The kernel drops the lock at any death, and no process id can be taken for another's.
"""

from __future__ import annotations

import contextlib
import fcntl
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .store import Store


def path(store: Store, activation: str) -> str:
    """The file that the dead-man of `activation` locks."""
    return f"{store.directory}/dead-man/{os.path.basename(activation)}"


@contextlib.contextmanager
def stand(store: Store, activation: str) -> Iterator[None]:
    """Be known as the dead-man of `activation`. A second one of the same activation waits for the end of the first."""
    place = path(store, activation)
    os.makedirs(os.path.dirname(place), mode=0o700, exist_ok=True)
    fd = os.open(place, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
        with contextlib.suppress(FileNotFoundError):
            os.unlink(place)
    finally:
        os.close(fd)


def lives(store: Store, activation: str) -> bool:
    """Whether the dead-man of `activation` stands guard now. Changes nothing."""
    return _locked(path(store, activation))


def sweep(store: Store, but: str | None = None) -> None:
    """Remove the files that killed dead-men left, but that of one activation, whose dead-man may just start again."""
    directory = os.path.dirname(path(store, "x"))
    for name in os.listdir(directory) if os.path.isdir(directory) else ():
        if name != but and not _locked(f"{directory}/{name}"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(f"{directory}/{name}")


def _locked(place: str) -> bool:
    try:
        fd = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(fd)
    return False
