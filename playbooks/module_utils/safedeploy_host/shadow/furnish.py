"""Lays into a shadow's root what it does not share with the host: the candidate, decoys, short logs, no PidFile."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from .. import namespaces
from ..laying import lay, make_directories
from . import names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable

    from .plan import Plan

    Json = dict[str, Any]

# A file that is opened for writing is copied whole into memory: of a log nobody reads what was there before.
_LONG = 64 * 1024
# Whoever may speak to these may change the host.
_HIDDEN = ("/run/systemd", "/run/dbus", "/run/docker.sock", "/run/containerd", "/run/podman", "/dev")


def open_sockets(paths: Iterable[str], limits: list[str]) -> list[tuple[str, int]]:
    """The host's UNIX sockets that the shadow is to speak to, opened; see sockets below."""
    found = []
    for path in sorted({os.path.realpath(path) for path in paths}):
        if any(path == place or path.startswith(place + "/") for place in _HIDDEN):
            limits.append(f"{path} is not in the shadow: it commands the host")
            continue
        try:
            if stat.S_ISSOCK(os.stat(path).st_mode):
                found.append((path, os.open(path, os.O_PATH | os.O_CLOEXEC)))
        except OSError:
            continue
    return found


def mount_sockets(root: str, found: Iterable[tuple[str, int]]) -> None:
    """Show the sockets themselves below `root`: one that is seen through an overlay answers nobody."""
    closed = namespaces.REMOUNT | namespaces.BIND | namespaces.READ_ONLY | namespaces.NO_DEVICES
    for path, descriptor in found:
        namespaces.mount(f"/proc/self/fd/{descriptor}", root + path, flags=namespaces.BIND)
        namespaces.mount("none", root + path, flags=closed)


def lay_all(plan: Plan, logs: Iterable[str]) -> None:
    """Write it all in the present root."""
    lay(plan.entries, plan.content)
    for path in plan.pid_files:
        _without(path)
    for path in logs:
        if os.stat(path).st_size > _LONG:
            os.close(os.open(path, os.O_WRONLY | os.O_TRUNC))
    for path, decoy in plan.world.get("decoys", {}).items():
        _lay_decoy(path, decoy)
    names.write(plan.names)


def _lay_decoy(path: str, decoy: Json) -> None:
    if os.path.lexists(path):
        return
    make_directories(Path(path).parent)
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(decoy["content"])
    os.chmod(path, int(decoy.get("mode", "0644"), 8))


def _without(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
