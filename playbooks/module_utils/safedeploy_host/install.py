"""The program's own file in the state directory, for the dead-man and for people."""

from __future__ import annotations

import os
import sys

from . import compiled, fsio, hashing
from .protocol import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .store import Store

KEEP = 3


def install(store: Store, agent_path: str | None = None) -> str:
    """Make sure that `agent/<sha256>.pyz` holds this program, and `agent/current` points at it; return its path.

    The source is `agent_path`, or the archive that Python runs, which may be a descriptor of an anonymous file.
    """
    source = agent_path or sys.argv[0]
    directory = f"{store.directory}/agent"
    if os.path.dirname(os.path.realpath(source)) == os.path.realpath(directory):
        path = os.path.realpath(source)
    else:
        content = _archive(source)
        path = f"{directory}/{hashing.hexadecimal(content)}.pyz"
        if not os.path.exists(path):
            fsio.replace_file(path, content)
    compiled.make(path)
    _point(f"{directory}/current", os.path.basename(path))
    fsio.sync_directory(directory)  # the boot guard runs `current`; also when a death came before this last time
    return path


def _archive(source: str) -> bytes:
    content = fsio.read_followed(source)
    if not content.startswith(b"PK\x03\x04"):
        raise AgentError(
            "bad-request",
            f"the program does not run from an archive ({source}), so no dead-man can be started from it",
            next="Run the agent's zipapp, or name it in the request as agent_path.",
        )
    return content


def _point(link: str, target: str) -> None:
    if os.path.islink(link) and os.readlink(link) == target:
        return
    temporary = link + fsio.NEW
    fsio.remove_file(temporary)
    os.symlink(target, temporary)
    os.replace(temporary, link)


def prune(store: Store) -> None:
    """Remove all but the newest few programs and the one that `current` points at, with their bytecode."""
    directory = f"{store.directory}/agent"
    current = os.path.realpath(f"{directory}/current")
    names = os.listdir(directory)
    programs = [f"{directory}/{name}" for name in names if name.endswith(".pyz")]
    programs.sort(key=lambda path: os.stat(path).st_mtime, reverse=True)
    kept = {*programs[:KEEP], current}
    for name in names:
        path = f"{directory}/{name}"
        if ".pyz" in name and path[: path.index(".pyz") + 4] not in kept:
            os.unlink(path)
