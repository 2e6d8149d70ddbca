"""Room that an activation keeps for its revert: the disk may have filled up until then, and a revert writes records.

It is a file of as many bytes, in the state directory. The revert gives it up before it writes anything; the next
activation keeps one anew. Where configuration and state share a disk, the configuration has it too.
"""

from __future__ import annotations

import contextlib
import json
import os

from . import fsio, room

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json
    from .store import Store

# The journal and the state hold the record, each beside its old version; the audit, what is kept aside, and the steps
# for a person are small beside that.
RECORDS = 6
MORE = 64 << 10


def keep(store: Store, record: Json) -> None:
    """Keep room for the revert of the activation `record`. Raises AgentError(no-space), OSError."""
    content = os.urandom(RECORDS * len(json.dumps(record)) + MORE)  # not to be compressed away
    try:
        fsio.replace_file(_path(store), content)
    except OSError as error:
        raise room.no_space(error) from error


def give_up(store: Store) -> None:
    """The revert needs it now."""
    with contextlib.suppress(OSError):
        fsio.remove_file(_path(store))


def _path(store: Store) -> str:
    return f"{store.directory}/reserve"
