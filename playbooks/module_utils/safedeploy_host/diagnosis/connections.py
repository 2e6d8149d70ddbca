"""Who holds connections to httpd's ports, and how well the network carries them. Reads /proc/net only.

Sources: proc(5); Linux's Documentation/networking/snmp_counter.rst.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

from .. import sockets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Json = dict[str, Any]

SHOWN = 5
_COUNTERS = {
    "RetransSegs": "retransmitted",
    "OutSegs": "sent",
    "EstabResets": "resets",
    "ListenOverflows": "listen_overflows",
    "ListenDrops": "listen_drops",
}


def clients(effective: Json) -> Json:
    """{total, waiting, top: [[address, connections]]} of those that are open to the ports of the configuration.

    `waiting` were made and not taken up yet: they stand in the queues of the listening sockets.
    """
    ports = {one["port"] for one in effective.get("listen") or []}
    by_client = Counter(host.replace("::ffff:", "", 1) for host, _ in sockets.peers(ports))
    top = sorted(by_client.items(), key=lambda one: (-one[1], one[0]))[:SHOWN]
    return {
        "total": sum(by_client.values()),
        "waiting": sockets.queued(ports),
        "top": [[host, number] for host, number in top],
    }


def counters() -> dict[str, int]:
    """The host's counters since its start."""
    found: dict[str, int] = {}
    for name in ("snmp", "netstat"):
        try:
            lines = Path(f"/proc/net/{name}").read_text("ascii").splitlines()
        except OSError:
            continue
        for names, values in zip(lines[::2], lines[1::2]):
            for key, value in zip(names.split()[1:], values.split()[1:]):
                if key in _COUNTERS:
                    found[_COUNTERS[key]] = int(value)
    return found


def since(before: dict[str, int]) -> Json:
    """{now: {counter: since the host's start}, lately: {counter: since `before`}, conntrack: [used, most] or null}."""
    now = counters()
    return {
        "now": now,
        "lately": {key: value - before.get(key, value) for key, value in now.items()},
        "conntrack": _conntrack(),
    }


def _conntrack() -> list[int] | None:
    """How full the table of the packet filter is: what does not fit is dropped without a word."""
    base = "/proc/sys/net/netfilter/nf_conntrack_"
    if not os.path.exists(f"{base}count"):
        return None
    return [int(Path(f"{base}{name}").read_text("ascii")) for name in ("count", "max")]
