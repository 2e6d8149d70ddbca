"""What the shadows must know of the httpd that runs on the host: its ports, its log files, its pid."""

from __future__ import annotations

import contextlib
import os

from .. import process, sockets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator, Tuple

    Json = dict[str, Any]
    Address = Tuple[str, int]

_RUN = "/run"
_DEPTH = 2
_PID_FILE = 32
# Set by Debian's envvars, and used in its configuration.
_VARIABLE = b"APACHE_PID_FILE="


class Live:
    """`pids` are its parents, `bound` their listening addresses, `logs` the files that they append to."""

    def __init__(self, site: Json) -> None:
        parents = process.parents(site)
        self.pids = [parent.pid for parent in parents]
        self.bound: list[Address] = [address for pid in self.pids for _, address in sockets.bound(pid)]
        self.logs = sorted({path for pid in self.pids for path, _ in appended(pid)})
        self.owners = {os.stat(f"/proc/{pid}").st_uid for pid in self.pids if os.path.exists(f"/proc/{pid}")}

    def pid_files(self, more: Iterable[str]) -> list[str]:
        """Its PidFiles, sought where they use to be and among `more`: in a shadow its pids are nobody's, or others'."""
        places = [*more, *(path for pid in self.pids for path in _named_in_environment(pid))]
        for directory, inside, files in os.walk(_RUN):
            if directory.count("/") > _DEPTH:
                inside.clear()
            places += [os.path.join(directory, name) for name in files]
        return sorted({path for path in places if _holds_pid(path, self.pids)})


def appended(pid: int) -> Iterator[tuple[str, int]]:
    """The regular files that a process appends to, with the descriptor: an httpd parent's are its logs."""
    try:
        names = os.listdir(f"/proc/{pid}/fd")
    except OSError:
        return
    for name in names:
        with contextlib.suppress(OSError):
            path = os.readlink(f"/proc/{pid}/fd/{name}")
            if path.startswith("/") and os.path.isfile(path) and _flags(pid, name) & os.O_APPEND:
                yield path, int(name)


def _holds_pid(path: str, pids: list[int]) -> bool:
    """Whether it is a small file that holds one of these pids: a PidFile of theirs."""
    try:
        if os.path.islink(path) or not os.path.isfile(path) or os.stat(path).st_size > _PID_FILE:
            return False
        with open(path, "rb") as stream:
            return int(stream.read(_PID_FILE)) in pids
    except (OSError, ValueError):
        return False


def _named_in_environment(pid: int) -> list[str]:
    try:
        with open(f"/proc/{pid}/environ", "rb") as stream:
            words = stream.read().split(b"\0")
    except OSError:
        return []
    return [os.fsdecode(word[len(_VARIABLE) :]) for word in words if word.startswith(_VARIABLE)]


def _flags(pid: int, descriptor: str) -> int:
    with open(f"/proc/{pid}/fdinfo/{descriptor}", encoding="ascii") as stream:
        for line in stream:
            if line.startswith("flags:"):
                return int(line.split()[1], 8)
    return 0
