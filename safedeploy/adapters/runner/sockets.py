"""Where ssh keeps its multiplexed connections: a private directory with a short path, while this process lives.

A later playbook finds the connections of an earlier one warm. At the end every connection is closed, so that no ssh
process stays behind.
"""

from __future__ import annotations

import atexit
import functools
import shutil
from pathlib import Path

from safedeploy.adapters.runner import leftovers
from safedeploy.adapters.runner.keeper import close_connections


@functools.cache
def socket_directory() -> Path:
    """The directory (0700); made on first use, emptied and removed when the process ends."""
    # The path of a UNIX socket must stay below 104 bytes on some systems; the default TMPDIR of macOS alone takes 50.
    parent = Path("/tmp")  # noqa: S108 - what is made there is private, and what is removed is ours
    for old in leftovers.left("sd-", parent):
        close_sockets(old)
    directory = leftovers.make("sd-", parent)
    atexit.register(close_sockets, directory)
    return directory


def close_sockets(directory: Path) -> None:
    """Ask the master behind each socket to end, and remove the directory."""
    close_connections(directory)
    shutil.rmtree(directory, ignore_errors=True)
