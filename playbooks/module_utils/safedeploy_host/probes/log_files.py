"""The access logs of a configuration: which file, in which formats, for which virtual hosts; and the ends of them.

Bounded in files and bytes. Reads regular files only: opening a fifo would wait for a writer.
"""

from __future__ import annotations

import glob
import os
import re
import stat

from ..effective.parsed import words
from . import log_format

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator

    from .site_map import Host

    Json = dict[str, Any]

FILES = 32
TAIL = 512 * 1024
TOTAL = 2 * 1024 * 1024
_SHORT = 64 * 1024
_ROTATORS = ("rotatelogs", "rotatelogs2", "cronolog")
_CONDITIONS = ("env=", "expr=")


class LogFile:
    """One access log: its `path`, the `formats` that lines in it have, and the `hosts` that write there."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.formats: list[str] = []
        self.hosts: list[Host] = []


def logs(hosts: Iterable[Host], server_root: str) -> tuple[list[LogFile], list[str]]:
    """The logs of the hosts, each file once, and what cannot be read, in sentences."""
    found: dict[str, LogFile] = {}
    notes: list[str] = []
    for host in hosts:
        for target, text, _ in written(host):
            path = place(target, server_root)
            if path is None:
                notes.append(f"no requests are taken from the access log {target!r} of {host.name}: it is no file")
                continue
            log = found.setdefault(path, LogFile(path))
            if text not in log.formats:
                log.formats.append(text)
            if host not in log.hosts:
                log.hosts.append(host)
    if len(found) > FILES:
        notes.append(f"of {len(found)} access logs only {FILES} are looked at")
    return list(found.values())[:FILES], list(dict.fromkeys(notes))


def tail(path: str, most: int) -> list[str]:
    """The last lines of a log, oldest first, with those of the rotated one before it when it is short."""
    text = _end(path, most)
    if len(text) < min(_SHORT, most):
        rotated = next(iter(rotated_from(path)), None)
        if rotated:
            text = _end(rotated, most - len(text)) + text
    return text.decode("latin-1").split("\n")


def written(host: Host) -> Iterator[tuple[str, str, bool]]:
    """(target, format, every request) of each log of a virtual host: its own, or else those of the main server.

    The last is false for a log with a condition (env=, expr=).
    """
    formats: dict[str, str] = {}
    default = log_format.COMMON
    for _, node in host.inside:
        if node["name"] == "logformat" and len(node["args"]) > 1:
            formats[node["args"][1].lower()] = node["args"][0]
        elif node["name"] == "logformat" and node["args"]:
            default = node["args"][0]
    own = [node for node in host.own if node["name"] in ("customlog", "transferlog")]
    shared = [node for node in host.shared if node["name"] in ("customlog", "transferlog")]
    everywhere = [node for node in host.shared if node["name"] == "globallog"]
    for node in (*(own or shared), *everywhere):
        args = [str(arg) for arg in node["args"]]
        if args:
            text = args[1] if len(args) > 1 and not args[1].lower().startswith(_CONDITIONS) else None
            always = not args[-1].lower().startswith(_CONDITIONS)
            yield args[0], default if text is None else formats.get(text.lower(), text), always


def place(target: str, server_root: str) -> str | None:
    """The file that a log's target means now: the newest one of a rotator. None when it is no file."""
    if not target.startswith("|"):
        return None if target.startswith("syslog") else os.path.join(server_root, target)
    parts = words(target.lstrip("|$ "))
    if not parts or os.path.basename(parts[0]) not in _ROTATORS:
        return None
    pattern = next((part for part in parts[1:] if part.startswith("/")), None)
    if pattern is None:
        return None
    # A rotator puts the time into the name, by its conversions or at the end.
    wild = re.sub(r"%[A-Za-z]", "*", glob.escape(pattern))
    return next(iter(_newest([*glob.glob(wild), *glob.glob(wild + ".[0-9]*")])), None)


def rotated_from(path: str) -> list[str]:
    """What logrotate left beside a log and did not compress, the newest first."""
    escaped = glob.escape(path)
    return _newest([*glob.glob(escaped + ".1"), *glob.glob(escaped + "-[0-9]*[0-9]")])


def _newest(paths: Iterable[str]) -> list[str]:
    return sorted(paths, key=_changed, reverse=True)


def _changed(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0


def _end(path: str, most: int) -> bytes:
    """The last `most` bytes of a regular file, without a line that is cut off; empty where there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return b""
    with open(descriptor, "rb") as stream:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            return b""
        start = max(0, found.st_size - most)
        stream.seek(start)
        data = stream.read(most)
    return data.partition(b"\n")[2] if start else data
