"""What one shadow is made from. Read on the host before anything is forked; nothing in it changes afterwards."""

from __future__ import annotations

import os
import re

from ..laying import needed_content
from . import backends, ipc
from .live import Live
from .network import own_addresses

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping

    Json = dict[str, Any]

MEMORY = 512 * 1024 * 1024
SECONDS = 30.0
_LOG_DIRECTORY = re.compile(r"^\s*export\s+APACHE_LOG_DIR=[\"']?(/[^\s\"'$]+)", re.MULTILINE)
_LOGS = ("/var/log/apache2/error.log", "/var/log/httpd/error_log")


class Host:
    """What both shadows of a host have in common. Raises OSError."""

    def __init__(self, site: Json, world: Json) -> None:
        self.site = site
        self.world: Json = {
            **world,
            "addresses": world.get("addresses") or own_addresses(),
            "memory_bytes": int(world.get("memory_bytes") or MEMORY),
            "seconds": float(world.get("seconds") or SECONDS),
        }
        self.live = Live(site)
        self.survey = backends.survey(self.world, self.live.bound)
        self.ipc = ipc.limits(self.live.pids)
        self.logs = [*self.live.logs, *world.get("logs", []), *_LOGS, *_debian_logs(site)]
        self.pid_files = self.live.pid_files(world.get("pid_files", []))


def _debian_logs(site: Json) -> list[str]:
    """A name in each directory that Debian's envvars gives for logs."""
    try:
        with open(os.path.join(site["server_root"], "envvars"), encoding="utf-8", errors="replace") as stream:
            found = _LOG_DIRECTORY.findall(stream.read())
    except OSError:
        return []
    return [os.path.join(directory, "error.log") for directory in found]


class Plan:
    """One shadow: the host, with `entries` laid over it."""

    def __init__(self, host: Host, entries: Mapping[str, Json], open_object: Callable[[str], bytes]) -> None:
        self.site = host.site
        self.world = host.world
        self.states = host.survey.states
        self.names = host.survey.names
        self.survey = host.survey
        self.ipc = host.ipc
        self.logs = host.logs
        self.pid_files = host.pid_files
        self.entries = entries
        self.content = needed_content(entries, open_object)
        # Its pages count as memory, and it alone must not use up all of what the shadow may have.
        self.size = self.world["memory_bytes"] // 2
