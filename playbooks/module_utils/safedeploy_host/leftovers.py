"""What a death leaves in the state directory: put right by the next start, with the lock held."""

from __future__ import annotations

import contextlib
import os

from . import deadman_lock, fsio

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .store import Store


def make_durable(store: Store) -> None:
    """What the dead one had renamed is what this start reads and others have seen: it must not be lost any more."""
    with contextlib.suppress(OSError):  # a disk that fails now fails every change that follows
        store.sync()


def unfinished(store: Store) -> None:
    """Remove what was to replace a record, and did not come to it. What cannot be removed is in no one's way."""
    releases = [f"{store.releases.directory}/{release}" for release in store.releases.names()]
    for directory in (store.directory, f"{store.directory}/agent", store.objects.directory, *releases):
        with contextlib.suppress(OSError):
            for name in os.listdir(directory):
                if name.endswith(fsio.NEW):
                    os.unlink(f"{directory}/{name}")


def dead_men(store: Store) -> None:
    """Remove the files of dead-men that were killed, when what they guarded is decided."""
    pending = store.state.load()["pending"]
    with contextlib.suppress(OSError):
        deadman_lock.sweep(store, but=pending and pending["activation"])
