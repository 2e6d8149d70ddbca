"""What one shadow is made from. Read on the host before anything is forked; nothing in it changes afterwards."""

from __future__ import annotations

import os
import re

from ..laying import needed_content
from . import backends, ipc, privilege
from .live import Live
from .network import own_addresses

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping

    Json = dict[str, Any]

MEMORY = 512 * 1024 * 1024
SECONDS = 30.0
_PATH_VARIABLE = re.compile(r"^\s*export\s+(APACHE_\w+)=[\"']?(/[^\s\"'$]+)", re.MULTILINE)
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
        privilege.require(self.live)
        self.survey = backends.survey(self.world, self.live.bound)
        self.ipc = ipc.limits(self.live.pids, self.world["memory_bytes"])
        variables = _envvars(site)
        own = [os.path.join(path, "error.log") for name, path in variables.items() if name == "APACHE_LOG_DIR"]
        self.logs = [*self.live.logs, *world.get("logs", []), *_LOGS, *own]
        self.directories = [site["server_root"], *site.get("allowed_roots", []), *variables.values()]
        self.pid_files = self.live.pid_files(world.get("pid_files", []))


def _envvars(site: Json) -> dict[str, str]:
    """The paths that Debian's envvars sets, {variable: path}; what follows a variable in a path is cut off."""
    try:
        with open(os.path.join(site["server_root"], "envvars"), encoding="utf-8", errors="replace") as stream:
            return dict(_PATH_VARIABLE.findall(stream.read()))
    except OSError:
        return {}


class Plan:
    """One shadow: the host, with `entries` laid over it."""

    def __init__(self, host: Host, entries: Mapping[str, Json], open_object: Callable[[str], bytes]) -> None:
        self.site = host.site
        self.world = host.world
        self.states = host.survey.states
        self.limits = privilege.limits()
        self.names = host.survey.names
        self.survey = host.survey
        self.ipc = host.ipc
        self.logs = host.logs
        self.pid_files = host.pid_files
        self.entries = entries
        self.content = needed_content(entries, open_object)
        self.written = [*host.directories, *host.logs, *entries, *host.world.get("decoys", {})]
        # Its pages count as memory, and it alone must not use up all of what the shadow may have.
        self.size = self.world["memory_bytes"] // 2
