"""What the shadows need for a plan: addresses, clients, backends, names, sockets, decoys. Pure."""

from __future__ import annotations

import ipaddress

from . import addresses, backends, nodes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Sequence

    Json = dict[str, Any]


def world(
    own: Sequence[str], sides: Sequence[Json | None], probes: Sequence[Json], decoys: Json
) -> tuple[Json, list[str]]:
    """The world document, and what of it cannot be made, in sentences."""
    reached = backends.Backends()
    for side in sides:
        reached.read(side)
    named = [name for side in sides for name in _named(side)]
    asked_at = [probe["address"] for probe in probes]
    found: Json = {
        "addresses": _distinct([*own, *asked_at]),
        "clients": _distinct([probe["source"] for probe in probes if probe["source"]]),
        "backends": reached.servers,
        "names": list(dict.fromkeys(name for name in named if not addresses.literal(name))),
        "sockets": reached.sockets,
        "decoys": decoys,
    }
    foreign = [one for one in found["addresses"] if one not in own]
    notes = [f"{one} is named by a configuration but is no address of this host: tried all the same" for one in foreign]
    return found, [*notes, *reached.notes]


def _named(side: Json | None) -> Iterator[str]:
    """Names in place of addresses, which httpd resolves when it starts."""
    for _, node in nodes.walk((side or {}).get("tree") or ()):
        if node["name"] in ("virtualhost", "listen"):
            hosts = (str(arg).rpartition(":")[0] or str(arg) for arg in node["args"])
            yield from (host for host in hosts if host.strip("*_[]").isascii() and host[:1].isalpha())


def _distinct(texts: Sequence[str]) -> list[str]:
    return [one for one in dict.fromkeys(texts) if not ipaddress.ip_address(one).is_loopback]
