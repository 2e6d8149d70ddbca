"""`traffic`: what visitors got since some positions in the logs, or lately. It changes nothing and takes no lock.

Bounded in bytes and seconds, however large the logs are; what was left out is said. Safedeploy's own requests are told
by their User-Agent and not counted.
"""

from __future__ import annotations

import time

from ..effective import configuration
from ..probes import site_map
from . import counts, errors, logs, positions, status_page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..protocol import Json, Request
    from ..services import Services

MAX_BYTES = 8 << 20
SECONDS = 5.0


def traffic(request: Request, services: Services) -> Json:
    """{positions, sites, own, signatures, status, notes, time}, as docs/architecture.md describes them.

    `since` are positions of an earlier answer. Without them the last `before` seconds are counted, from the end of
    each log. With `count` false only the positions are told. Raises AgentError: `bad-request`.
    """
    since = request.get("since", dict, {})
    before = request.seconds("before", 0)
    most = request.get("max_bytes", int, MAX_BYTES)
    now = services.now()
    effective = configuration.read(request.site)
    hosts = site_map.hosts(effective)
    root = request.site["server_root"]
    chosen, notes = logs.choose(hosts, root)
    error_logs = errors.logs(hosts, effective, root)
    result: Json = {
        "time": now,
        "positions": {
            **{log.target: positions.mark(log.path) for log in chosen},
            **{target: positions.mark(path) for target, path in error_logs.items()},
        },
        "sites": {},
        "own": 0,
        "signatures": [],
        "status": None,
        "notes": notes,
    }
    if not request.get("count", bool, default=True):
        return result
    deadline = time.monotonic() + request.seconds("seconds", SECONDS)
    counted = counts.Counts(now - before if before and not since else None)
    for number, log in enumerate(chosen):
        share = most // len(chosen)
        lines = positions.lines(log.path, since.get(log.target), share, notes) if since else positions.tail(log, share)
        earlier = counted.older
        if time.monotonic() > deadline:
            notes.append(f"of {len(chosen)} access logs {len(chosen) - number} were not read: there was no time left")
            break
        counted.add(log, lines, deadline)
        if not since and before and counted.older == earlier and positions.mark(log.path)["offset"] > share:
            notes.append(f"{log.path}: of the time before only the last {share} bytes were read")
    result["sites"], result["own"] = counted.sites, counted.own
    result["signatures"] = errors.signatures(error_logs, since, notes)
    result["status"] = status_page.ask(effective, hosts, request.site["httpd"].get("address") or "127.0.0.1")
    result["notes"] = list(dict.fromkeys([*notes, *counted.notes()]))
    return result
