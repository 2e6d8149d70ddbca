"""What a host may have too little of: memory, descriptors, room and inodes where httpd writes, processor time.

Reads /proc and asks file systems; nothing is written. Sources: proc(5), statvfs(3).
"""

from __future__ import annotations

import os
from pathlib import Path

from .. import process
from ..effective import nodes
from ..probes import log_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Tuple

    from ..probes.site_map import Host

    Json = dict[str, Any]
    Place = Tuple[str, str]

_MEMORY = {"MemTotal": "total", "MemAvailable": "available", "SwapTotal": "swap_total", "SwapFree": "swap_free"}
_CGROUP = Path("/sys/fs/cgroup")
_MOST_PROCESSES = 64


def resources(pid: int | None, wanted: Iterable[Place]) -> Json:
    """{memory, load, processors, descriptors, disks} as docs/architecture.md describes them."""
    return {
        "memory": _memory(),
        "load": list(os.getloadavg()),
        "processors": os.cpu_count() or 1,
        "descriptors": {"system": _system_descriptors(), "httpd": _descriptors(pid)},
        "disks": _disks(wanted),
    }


def places(effective: Json, hosts: Iterable[Host], site: Json) -> list[Place]:
    """(directory, what for) of each place that httpd writes to, and of its temporary files."""
    root = site["server_root"]
    found: list[Place] = []
    if effective.get("error_log"):
        found.append((str(effective["error_log"]), "error log"))
    for host in hosts:
        found += [(path, "access log") for target, _, _ in log_files.written(host) if (path := _file(target, root))]
        node = nodes.value(host.own, "errorlog")
        if node and node["args"] and (path := _file(str(node["args"][0]), root)):
            found.append((path, "error log"))
    for name, why in (("cacheroot", "cache"), ("pidfile", "pid file")):
        node = nodes.value(effective.get("tree"), name)
        if node and node["args"]:
            found.append((os.path.join(root, str(node["args"][0])), why))
    return [*found, ("/tmp/.", "temporary files"), (os.path.join(site["state_dir"], "."), "safedeploy")]  # noqa: S108


def _file(target: str, root: str) -> str | None:
    return None if target.startswith(("|", "syslog")) else os.path.join(root, target)


def _disks(wanted: Iterable[Place]) -> list[Json]:
    """[{path, for, free_bytes, total_bytes, free_inodes, total_inodes, read_only}], each file system once."""
    found: dict[int, Json] = {}
    for path, why in wanted:
        directory = os.path.dirname(path)
        while directory != "/" and not os.path.isdir(directory):
            directory = os.path.dirname(directory)
        try:
            device, room = os.stat(directory).st_dev, os.statvfs(directory)
        except OSError:
            continue
        if device in found:
            continue
        found[device] = {
            "path": directory,
            "for": why,
            "free_bytes": room.f_bavail * room.f_frsize,
            "total_bytes": room.f_blocks * room.f_frsize,
            "free_inodes": room.f_favail,
            "total_inodes": room.f_files,
            "read_only": bool(room.f_flag & os.ST_RDONLY),
        }
    return list(found.values())


def _memory() -> Json:
    """{total, available, swap_total, swap_free, limit and used of a cgroup} in bytes; `oom_kills` since the start."""
    found: Json = {}
    for line in Path("/proc/meminfo").read_text("ascii").splitlines():
        name, _, value = line.partition(":")
        if name in _MEMORY:
            found[_MEMORY[name]] = int(value.split()[0]) * 1024
    counted = [line.split() for line in Path("/proc/vmstat").read_text("ascii").splitlines()]
    found["oom_kills"] = next((int(value) for name, value in counted if name == "oom_kill"), None)
    found["limit"], found["used"] = _number(_CGROUP / "memory.max"), _number(_CGROUP / "memory.current")
    return found


def _number(path: Path) -> int | None:
    try:
        text = path.read_text("ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None


def _system_descriptors() -> list[int]:
    """[used, most] of the whole host."""
    used, _, most = Path("/proc/sys/fs/file-nr").read_text("ascii").split()
    return [int(used), int(most)]


def _descriptors(pid: int | None) -> Json | None:
    """{pid, used, limit} of the process of httpd that is nearest to its own limit; null when none may be looked at."""
    parent = process.look(pid) if pid else None
    if parent is None:
        return None
    pids = [parent.pid, *(one.pid for one in process.children_of(parent))][:_MOST_PROCESSES]
    found = [one for one in map(_of_process, pids) if one is not None]
    return max(found, key=lambda one: one["used"] / max(1, one["limit"])) if found else None


def _of_process(pid: int) -> Json | None:
    try:
        used = len(os.listdir(f"/proc/{pid}/fd"))
        limits = Path(f"/proc/{pid}/limits").read_text("ascii").splitlines()
    except OSError:
        return None
    text = next((line for line in limits if line.startswith("Max open files")), "")
    words = text.split()
    return {"pid": pid, "used": used, "limit": int(words[3])} if len(words) > 3 and words[3].isdigit() else None
