"""When a path changed, and whose it is, from the file system alone."""

from __future__ import annotations

import os

from .. import fsio, tree
from ..protocol import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable

    Json = dict[str, Any]


def changed(path: str, roots: Iterable[str]) -> Json | None:
    """{"modified", "changed", "owner", "of"}: mtime and ctime in seconds, the owner's name, the path they are of.

    For a path where nothing is they are those of the nearest directory above it; None when that cannot be told.
    """
    found = _stat(path, roots)
    at = path
    while found is None and at != "/":
        at = os.path.dirname(at)
        try:
            found = os.stat(at)
        except OSError:
            found = None
    if found is None:
        return None
    return {
        "modified": found.st_mtime,
        "changed": found.st_ctime,
        "owner": tree.user_name(found.st_uid),
        "of": at,
    }


def _stat(path: str, roots: Iterable[str]) -> os.stat_result | None:
    try:
        place = fsio.place(path, roots)
    except (AgentError, OSError):
        try:
            return os.lstat(path)
        except OSError:
            return None
    if place is None:
        return None
    with place:
        return place.lstat()
