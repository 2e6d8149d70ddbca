"""Which virtual host of the candidate is which one of live, though lines have shifted or files were renamed. Pure."""

from __future__ import annotations

from .nodes import spot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Hashable, Tuple

    Json = dict[str, Any]
    Place = Tuple[str, int]


class Pairs:
    """The virtual hosts of both sides; `pairs` are (live, candidate), in the order of live, one for each section."""

    def __init__(self, live: Json, candidate: Json) -> None:
        self._live = _sections(live["vhosts"])
        self._candidate = _sections(candidate["vhosts"])
        self._partner: dict[Place, Place] = {}
        for alike in (_by_name, _by_file):
            self._pair(alike)

    @property
    def pairs(self) -> list[tuple[Json, Json]]:
        """Those that are on both sides."""
        return [
            (hosts[0], self._candidate[self._partner[place]][0])
            for place, hosts in self._live.items()
            if place in self._partner
        ]

    @property
    def gone(self) -> list[list[Json]]:
        """Those of live alone; each a list of its addresses."""
        return [hosts for place, hosts in self._live.items() if place not in self._partner]

    @property
    def new(self) -> list[list[Json]]:
        """Those of the candidate alone; each a list of its addresses."""
        taken = set(self._partner.values())
        return [hosts for place, hosts in self._candidate.items() if place not in taken]

    def same(self, live: Json | None, candidate: Json | None) -> bool:
        """Whether it is the same virtual host; None is the main server."""
        if live is None or candidate is None:
            return live is candidate
        return self._partner.get(_place(live)) == _place(candidate)

    def _pair(self, alike: Callable[[list[Json]], Hashable]) -> None:
        """Pair those that are left: the first with the first of each kind, and so on."""
        taken = set(self._partner.values())
        waiting: dict[Hashable, list[Place]] = {}
        for place, hosts in self._candidate.items():
            if place not in taken:
                waiting.setdefault(alike(hosts), []).append(place)
        for place, hosts in self._live.items():
            if place not in self._partner and waiting.get(alike(hosts)):
                self._partner[place] = waiting[alike(hosts)].pop(0)


def called(host: Json | None) -> str:
    """A virtual host for people: its name and place."""
    return f"{host['name']} ({spot(host['file'], host['line'])})" if host else "the main server"


def endpoint(address: str, port: int) -> str:
    """`address:port` for people; port 0 is any."""
    shown = f"[{address}]" if ":" in address else address
    return f"{shown}:{port or '*'}"


def _place(host: Json) -> Place:
    return host["file"], host["line"]


def _sections(hosts: list[Json]) -> dict[Place, list[Json]]:
    """The entries of a DUMP_VHOSTS by their section: one with several addresses is there several times."""
    found: dict[Place, list[Json]] = {}
    for host in hosts:
        found.setdefault(_place(host), []).append(host)
    return found


def _by_name(hosts: list[Json]) -> Hashable:
    return hosts[0]["name"].lower(), frozenset((host["address"], host["port"]) for host in hosts)


def _by_file(hosts: list[Json]) -> Hashable:
    return hosts[0]["file"], frozenset(host["port"] for host in hosts)
