"""What validators need around them while they look at a candidate: places to write to that the host does not see."""

from __future__ import annotations

import contextlib
import os

from .. import namespaces, overlay

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    Json = dict[str, Any]


def prepare(definitions: Iterable[Json]) -> None:
    """Let the validators write where they must, unseen by the host. Call in private mounts only."""
    writes: set[str] = set()
    makes: set[str] = set()
    for definition in definitions:
        writes.update(definition.get("writes", ()))
        makes.update(definition.get("makes", ()))
    # /proc shows the processes of the pid namespace that it was mounted in; some programs look for themselves there.
    with contextlib.suppress(OSError):
        namespaces.mount("proc", "/proc", "proc")
    if os.geteuid() != 0:
        return
    for path in sorted(writes):
        overlay.keep_writes_private(path)
    for path in sorted(makes):
        os.makedirs(path, mode=0o755, exist_ok=True)
