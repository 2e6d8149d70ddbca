"""httpd's own status page (mod_status), where the configuration has one that answers on the host itself."""

from __future__ import annotations

from ..effective import nodes
from ..probes import site_map

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator

    from ..probes.site_map import Host

    Json = dict[str, Any]

_TIMEOUT = 2.0
_TRIES = 3
_MEMBERS = {"Total Accesses": "accesses", "BusyWorkers": "busy", "IdleWorkers": "idle"}


def ask(effective: Json, hosts: Iterable[Host], address: str) -> Json | None:
    """{accesses, busy, idle}, those that it tells; None where there is no page, or none that answers."""
    from ..http_request import request

    for url, where in list(_pages(effective, list(hosts), address))[:_TRIES]:
        try:
            answer = request("GET", url, where, _TIMEOUT)
        except (OSError, ValueError):
            continue
        found = read(answer.body.decode("latin-1")) if answer.status == 200 else {}
        if found:
            return found
    return None


def read(text: str) -> Json:
    """The numbers of a page in its form for programs (?auto); empty when it is something else."""
    found: Json = {}
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name in _MEMBERS and value.strip().isdigit():
            found[_MEMBERS[name]] = int(value)
    return found


def _pages(effective: Json, hosts: list[Host], address: str) -> Iterator[tuple[str, str]]:
    """(URL, address to connect to) of each place with the handler, those in virtual hosts first."""
    places = []
    for scope, node in nodes.named(effective.get("tree") or (), "sethandler"):
        location = next((one for one in reversed(scope) if one["name"] == "location"), None)
        if node["args"][:1] == ["server-status"] and location and location["args"]:
            places.append((nodes.virtual_host(scope), str(location["args"][0])))
    for section, path in sorted(places, key=lambda one: one[0] is None):
        for host in hosts:
            if section is None or host.place == nodes.place(section):
                for at, port, tls in host.endpoints[:1]:
                    where = address if at in site_map.ANY else at
                    yield f"{'https' if tls else 'http'}://{host.name}:{port}{path}?auto", where
