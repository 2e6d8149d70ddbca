"""How many requests httpd may work on at a time, and how many workers are busy now.

From its status page where it has one; else by the connections that are open. Source of the defaults:
https://httpd.apache.org/docs/2.4/mod/mpm_common.html#maxrequestworkers
"""

from __future__ import annotations

from .. import process, sockets
from ..effective import nodes
from ..traffic import status_page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable

    from ..probes.site_map import Host

    Json = dict[str, Any]

_DEFAULTS = {"mpm_prefork_module": 256}
_DEFAULT = 400
_NAMES = ("maxrequestworkers", "maxclients")


def workers(site: Json, effective: Json, hosts: Iterable[Host], status: Json) -> Json:
    """{limit, busy, idle, processes, connections}; busy and idle are null where no page tells them."""
    address = site["httpd"].get("address") or "127.0.0.1"
    page = status_page.ask(effective, hosts, address) if status["running"] else None
    parent = process.look(status["pid"]) if status["pid"] else None
    return {
        "limit": limit(effective),
        "busy": (page or {}).get("busy"),
        "idle": (page or {}).get("idle"),
        "processes": len(process.children(parent, site)) if parent else 0,
        "connections": sockets.established(one["port"] for one in effective.get("listen") or []),
    }


def limit(effective: Json) -> int:
    """MaxRequestWorkers, as it is configured or by default."""
    for name in _NAMES:
        node = nodes.value(effective.get("tree"), name)
        if node and node["args"] and str(node["args"][0]).isdigit():
            return int(node["args"][0])
    return _DEFAULTS.get(str(effective.get("mpm")), _DEFAULT)
