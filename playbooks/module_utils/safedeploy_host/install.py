"""The program's own file in the state directory, so that the dead-man and people can run it when nobody is connected."""

from __future__ import annotations

import hashlib
import os
import sys

from . import fsio
from .protocol import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .store import Store

KEEP = 3


def install(store: Store, agent_path: str | None = None) -> str:
    """Make sure that `agent/<sha256>.pyz` holds this program, and `agent/current` points at it; return its path.

    `agent_path` or the archive that Python runs, which may be a descriptor of an anonymous file.
    """
    source = agent_path or sys.path[0]
    directory = f"{store.directory}/agent"
    if os.path.dirname(os.path.realpath(source)) == os.path.realpath(directory):
        path = os.path.realpath(source)
    else:
        content = _archive(source)
        path = f"{directory}/{hashlib.sha256(content).hexdigest()}.pyz"
        if not os.path.exists(path):
            os.makedirs(directory, mode=0o700, exist_ok=True)
            fsio.replace_file(path, content)
    _point(f"{directory}/current", os.path.basename(path))
    return path


def _archive(source: str) -> bytes:
    try:
        with open(source, "rb") as stream:
            return stream.read()
    except OSError as error:
        raise AgentError(
            "bad-request",
            f"the program does not run from an archive ({source}), so no dead-man can be started from it",
            next="Run the agent's zipapp, or name it in the request as agent_path.",
        ) from error


def _point(link: str, target: str) -> None:
    try:
        if os.readlink(link) == target:
            return
    except OSError:
        pass
    os.makedirs(os.path.dirname(link), mode=0o700, exist_ok=True)
    temporary = f"{link}.new"
    fsio.remove_file(temporary)
    os.symlink(target, temporary)
    os.replace(temporary, link)


def prune(store: Store) -> None:
    """Remove all but the newest few programs and the one that `current` points at."""
    directory = f"{store.directory}/agent"
    if not os.path.isdir(directory):
        return
    current = os.path.realpath(f"{directory}/current")
    files = [f"{directory}/{name}" for name in os.listdir(directory) if name.endswith(".pyz")]
    files.sort(key=lambda path: os.stat(path).st_mtime, reverse=True)
    for path in files[KEEP:]:
        if path != current:
            os.unlink(path)
