"""`diagnose`: what this host can tell of a cause. It changes nothing, takes no lock, and ends within some seconds.

Each part is by itself: what cannot be told is left out with a note, and hides nothing else.
"""

from __future__ import annotations

import time

from ..context import run_configtest
from ..effective import configuration
from ..probes import site_map
from . import backends, connections, resources, serving, touched, workers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from ..protocol import Json, Request
    from ..services import Services

SECONDS = 10.0


def diagnose(request: Request, services: Services) -> Json:
    """What is found: the members are in docs/architecture.md.

    `since` (seconds since 1970): from when on a file counts as touched. `seconds` bounds what waits for others.
    Raises AgentError: `bad-request`.
    """
    began = time.monotonic()
    seconds = request.seconds("seconds", SECONDS)
    notes: list[str] = []
    before = connections.counters()
    site = request.site
    result: Json = {"time": services.now(), "notes": notes}

    def part(name: str, look: Callable[[], Any]) -> None:
        try:
            result[name] = look()
        except (OSError, ValueError, ArithmeticError) as error:
            result[name] = None
            notes.append(f"{name} could not be looked at: {error}")

    if not services.installed():
        notes.append(f"there is no program {site['httpd']['binary']}")
        part("resources", lambda: resources.resources(None, []))
        return {**result, "seconds": round(time.monotonic() - began, 3)}
    effective = configuration.read(site)
    hosts = site_map.hosts(effective)
    status = services.status()
    result["httpd"] = status
    result["configtest"] = {"ok": True, "output": ""} if effective["ok"] else run_configtest(site)
    waiting = backends.Trials(effective, seconds)
    part("ports", lambda: serving.ports(site, effective, status, min(seconds, 5.0)))
    part("workers", lambda: workers.workers(site, effective, hosts, status))
    part("connections", lambda: connections.clients(effective))
    part("resources", lambda: resources.resources(status["pid"], resources.places(effective, hosts, site)))
    since = request.seconds("since", result["time"] - 7200)
    part("touched", lambda: touched.touched(effective, hosts, site, since))
    part("certificates", lambda: serving.certificates(effective, site["server_root"]))
    part("backends", waiting.results)
    part("network", lambda: connections.since(before))
    notes += waiting.notes
    result["seconds"] = round(time.monotonic() - began, 3)
    return result
