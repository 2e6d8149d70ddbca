"""Finds the processes of one httpd in /proc: the parent and its children, alive, with their start times.

A pid alone names nothing: it may be a zombie, or be another program's by now. A process is one of ours when it runs the
site's binary with the site's main configuration, in our network, where that path is the same directory as for us. The
last two cannot be seen of another user's process; its command line can.
"""

from __future__ import annotations

import functools
import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator

    Json = dict[str, Any]

PROC = "/proc"
# Options with which httpd tells something and ends. Source: https://httpd.apache.org/docs/2.4/programs/httpd.html
_NEVER_SERVES = frozenset({"-t", "-S", "-M", "-v", "-V", "-l", "-L", "-h"})
_TICKS = os.sysconf("SC_CLK_TCK")
# Past the command name, which may itself hold spaces and brackets; field numbers are those of proc(5).
_STATE, _PARENT, _START = 3 - 3, 4 - 3, 22 - 3


class Process:
    """A process as it was when looked at. `ticks` is its start since boot; pid and ticks together identify it."""

    def __init__(self, pid: int, state: str, parent: int, ticks: int) -> None:
        self.pid = pid
        self.state = state
        self.parent = parent
        self.ticks = ticks

    @property
    def key(self) -> tuple[int, int]:
        """What tells this process from a later one with the same pid."""
        return self.pid, self.ticks

    @property
    def dead(self) -> bool:
        """Whether only its entry is left."""
        return self.state in "ZX"

    @property
    def started(self) -> float:
        """Seconds since the epoch, right to about 10 ms while the clock is not stepped."""
        return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) + self.ticks / _TICKS

    @property
    def start_text(self) -> str:
        """The start as ISO 8601 in UTC: the same text each time it is asked for, up to a second early."""
        at = _boot_second() + self.ticks / _TICKS
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at * 100) % 100:02d}Z"


def look(pid: int) -> Process | None:
    """The process with this pid, or None when there is none."""
    try:
        fields = _read(f"{PROC}/{pid}/stat").rpartition(")")[2].split()
    except OSError:
        return None
    return Process(pid, fields[_STATE], int(fields[_PARENT]), int(fields[_START]))


def alive(process: Process) -> bool:
    """Whether this very process still runs."""
    now = look(process.pid)
    return now is not None and now.key == process.key and not now.dead


def runs_binary(pid: int, site: Json) -> bool:
    """Whether the process runs the site's httpd binary, also when an upgrade has replaced the file since."""
    return _runs(pid, os.path.realpath(site["httpd"]["binary"]))


def _runs(pid: int, binary: str) -> bool:
    try:
        executable = os.readlink(f"{PROC}/{pid}/exe")
    except FileNotFoundError:
        return False
    except OSError:
        return _command_name(pid) == os.path.basename(binary)[:15]
    return _without_suffix(executable, " (deleted)") == binary


def parents(site: Json) -> list[Process]:
    """The parents of this site's httpd, oldest first; more than one means that an older one was left behind."""
    found = [process for process in _of_site(site) if not runs_binary(process.parent, site)]
    return sorted((process for process in found if not _is_orphan(process)), key=lambda process: process.ticks)


def orphans(site: Json) -> list[Process]:
    """Children of this site's httpd whose parent is dead."""
    found = [process for process in _of_site(site) if not runs_binary(process.parent, site)]
    return [process for process in found if _is_orphan(process)]


def children(parent: Process, site: Json) -> list[Process]:
    """The living children of a parent that run httpd itself: workers, and helpers such as mod_cgid's daemon."""
    return [process for process in _children(parent.pid) if runs_binary(process.pid, site)]


def children_of(parent: Process) -> list[Process]:
    """The living children of a process, whatever they run."""
    return list(_children(parent.pid))


def _children(pid: int) -> Iterable[Process]:
    try:
        pids = _read(f"{PROC}/{pid}/task/{pid}/children").split()
    except OSError:
        # The parent has ended, or the kernel was built without this list.
        everyone = map(look, _pids())
        return [process for process in everyone if process is not None and process.parent == pid and not process.dead]
    found = [look(int(child)) for child in pids]
    return [process for process in found if process is not None and not process.dead]


def _of_site(site: Json) -> Iterator[Process]:
    binary = os.path.realpath(site["httpd"]["binary"])
    for pid in _pids():
        # What costs least comes first: most of them run something else.
        if not _runs(pid, binary):
            continue
        process = look(pid)
        if process is None or process.dead:
            continue
        if _same_network(pid) and _same_root(pid, site) and _started_for(pid, site):
            yield process


def _pids() -> Iterator[int]:
    return (int(entry) for entry in os.listdir(PROC) if entry.isdigit())


def _is_orphan(process: Process) -> bool:
    """Whether it is a child that lost its parent: children stay in the parent's session, whose leader is then gone.

    A parent in the foreground leads no session, but whoever started it does. Session 0 is one of another pid namespace.
    """
    try:
        session = os.getsid(process.pid)
    except OSError:
        return False
    leader = look(session) if session else None
    return session not in (0, process.pid) and (leader is None or leader.dead)


def _same_network(pid: int) -> bool:
    try:
        return os.stat(f"{PROC}/{pid}/ns/net").st_ino == os.stat(f"{PROC}/self/ns/net").st_ino
    except OSError:
        return True


def _same_root(pid: int, site: Json) -> bool:
    """Whether it sees the same directory at the site's server root as we do."""
    root = site["server_root"]
    try:
        theirs, ours = os.stat(os.path.join(PROC, str(pid), "root", root.lstrip("/"))), os.stat(root)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return (theirs.st_dev, theirs.st_ino) == (ours.st_dev, ours.st_ino)


def _started_for(pid: int, site: Json) -> bool:
    """Whether it is to serve the site's main configuration: the one of -d and -f, or the one that was compiled in.

    A test of the configuration runs the same binary for a moment. `-k graceful` may well be the server: where none runs
    it becomes one.
    """
    words = _arguments(pid)
    if any(word in _NEVER_SERVES for word in words):
        return False
    given = {flag: words[words.index(flag) + 1] for flag in ("-d", "-f") if flag in words[:-1]}
    found = build(site["httpd"]["binary"])
    root, file = found.get("HTTPD_ROOT", "/"), found.get("SERVER_CONFIG_FILE", "conf/httpd.conf")
    main = os.path.join(given.get("-d", root), given.get("-f", file))
    return bool(os.path.realpath(main) == os.path.realpath(site["httpd"]["main_config"]))


@functools.lru_cache(maxsize=None)
def build(binary: str) -> dict[str, str]:
    """What was compiled into a binary, as dumps.build has it; it is asked once. Empty when it does not say.

    -V looks at the configuration too; what it does not find there, without the site's environment, changes nothing.
    """
    from . import control, dumps

    return dumps.build(control.binary({"httpd": {"binary": binary}}, "-V").output)


def _arguments(pid: int) -> list[str]:
    try:
        return _read(f"{PROC}/{pid}/cmdline").split("\0")[:-1]
    except OSError:
        return []


def _command_name(pid: int) -> str:
    try:
        return _read(f"{PROC}/{pid}/comm").strip()
    except OSError:
        return ""


def _boot_second() -> int:
    for line in _read(f"{PROC}/stat").splitlines():
        if line.startswith("btime "):
            return int(line.split()[1])
    raise OSError("/proc/stat has no btime")


def _without_suffix(text: str, suffix: str) -> str:
    return text[: -len(suffix)] if text.endswith(suffix) else text


def _read(path: str) -> str:
    with open(path, "rb", buffering=0) as stream:
        return stream.read().decode("utf-8", "replace")
