"""Whether the running httpd has loaded the configuration that lies on disk, as far as processes and files tell.

Every child that listens was born after the last load, so the oldest of them bounds the moment of the load from above;
the main error log, which the parent holds as its standard error, often has the exact moment. A file that changed after
it has not been loaded.
"""

from __future__ import annotations

import os
import time

from . import process, sockets
from .directives import Reader
from .error_log import LIMIT
from .later import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable

    from .process import Process

    Json = dict[str, Any]

# Of both clocks that are compared: start times are in 10 ms ticks, file times in kernel ticks of up to 10 ms.
TOLERANCE = 0.05
# A parent that reloads may have no worker for a second: its old ones have ended, and it starts new ones then.
_GAP = 2.0
_STEP = 0.05
_NAMED = 3
_TOLD = 200
# Files that httpd reads while it loads its configuration, and never again.
_READ_AT_LOAD = {
    "sslcertificatefile",
    "sslcertificatekeyfile",
    "sslcertificatechainfile",
    "sslcacertificatefile",
    "typesconfig",
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RESUMED = regex(r"^\[\w{3} (\w{3} \d+ [\d:]+)(\.\d+) (\d{4})\].*\[pid (\d+)\b.*resuming normal operations")


def loaded(parent: Process, site: Json) -> Json:
    """`loaded_at`, `loaded` (null when it cannot be told), `reason` and `newer` (files) for a running parent."""
    at = _load_time(parent, site)
    if at is None:
        return {"loaded_at": None, "loaded": None, "reason": "httpd runs without workers", "newer": []}
    reader = Reader(site)
    files = [*_read_at_load(reader), *reader.files]
    newer = [path for path in dict.fromkeys(files) if _changed(path) > at + TOLERANCE]
    reason = "no configuration file is newer than what httpd has loaded"
    verdict: bool | None = True
    if newer:
        more = f" and {len(newer) - _NAMED} more" if len(newer) > _NAMED else ""
        verdict, reason = False, f"changed since httpd loaded its configuration: {', '.join(newer[:_NAMED])}{more}"
    else:
        touched = [path for path in sorted(reader.directories) if _names_changed(path) > at + TOLERANCE]
        if touched:
            verdict, reason = (
                None,
                f"names have come or gone since httpd loaded its configuration: {', '.join(touched)}",
            )
    return {"loaded_at": _iso(at), "loaded": verdict, "reason": reason, "newer": newer[:_TOLD]}


def _load_time(parent: Process, site: Json) -> float | None:
    deadline = time.monotonic() + _GAP
    while not (born := _workers_born(parent, site)):
        if time.monotonic() > deadline or not process.alive(parent):
            return None
        time.sleep(_STEP)
    logged = _logged(parent)
    # The log's clock may be another time zone's; what contradicts the processes is not believed.
    return logged if logged is not None and parent.started - 1 <= logged <= min(born) + 1 else min(born)


def _workers_born(parent: Process, site: Json) -> list[float]:
    ours = sockets.listening(parent.pid)
    born = []
    for child in process.children(parent, site):
        held = sockets.inodes(child.pid) if ours is not None else None
        if held is None or held & set(ours or ()):
            born.append(child.started)
    return born


def _logged(parent: Process) -> float | None:
    """When the parent last said in its error log that it has resumed, in the log's local time."""
    path = f"/proc/{parent.pid}/fd/2"
    try:
        # A pipe would be read from here, so only a regular file is opened.
        if not os.path.isfile(path):
            return None
        with open(path, "rb") as stream:
            stream.seek(max(0, os.fstat(stream.fileno()).st_size - LIMIT))
            lines = stream.read(LIMIT).decode("utf-8", "replace").splitlines()
    except OSError:
        return None
    for line in reversed(lines):
        match = _RESUMED.match(line)
        if match and int(match.group(4)) == parent.pid:
            return _moment(match.group(1), int(match.group(3))) + float(match.group(2))
    return None


def _moment(text: str, year: int) -> float:
    """Of "Nov 28 09:30:33" in local time. time.strptime would load far more than it takes."""
    month, day, clock = text.split()
    hour, minute, second = map(int, clock.split(":"))
    return time.mktime((year, _MONTHS.index(month) + 1, int(day), hour, minute, second, 0, 0, -1))


def _read_at_load(reader: Reader) -> Iterable[str]:
    found = [
        reader.resolve(directive.args[0])
        for directive in reader.directives()
        if directive.name in _READ_AT_LOAD and directive.args
    ]
    envvars = os.path.join(reader.root, "envvars")
    return [*found, envvars] if os.path.isfile(envvars) else found


def _changed(path: str) -> float:
    """When a file's content, or a link on the way to it, last changed; 0 when it is not there."""
    return max(_time(path, follow=False), _time(path, follow=True))


def _names_changed(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0


def _time(path: str, *, follow: bool) -> float:
    try:
        return (os.stat(path) if follow else os.lstat(path)).st_ctime
    except OSError:
        return 0.0


def _iso(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at * 1000) % 1000:03d}Z"
