"""The places to ask: each server name on each port that either configuration has, with what both sides say about it.

A place is the live and the candidate's virtual host of one name and port together, so that what one of them lost is
still asked for.
"""

from __future__ import annotations

import os

from . import addresses, question, site_map

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable

    from .routes import Route

    Json = dict[str, Any]

LIVE = "live"
CANDIDATE = "candidate"


class Place:
    """One name on one port: its virtual hosts by side, and the addresses to ask `at`, the ordinary one first."""

    def __init__(self, name: str, port: int, *, tls: bool) -> None:
        self.name = name
        self.port = port
        self.tls = tls
        self.at: list[str] = []
        self.hosts: list[tuple[str, site_map.Host]] = []
        self.aliases: list[str] = []
        # What the main server says of paths is asked for at the first place alone.
        self.first = False
        # Whether some Listen takes the port at all addresses, the loopback's among them.
        self.anywhere = False
        self._contents: list[site_map.Content] = []
        self._routes: list[Route] = []

    def live(self) -> list[site_map.Host]:
        """Its virtual hosts in the live configuration."""
        return [host for side, host in self.hosts if side == LIVE]

    @property
    def address(self) -> str:
        """The address that it is asked at."""
        return self.at[0]

    @property
    def source(self) -> str | None:
        """The client that asks."""
        return addresses.client_for(self.address)

    def url(self, target: str, name: str = "") -> str:
        """The URL of a target (path and query, quoted), by another name if given."""
        return question.url(name or self.name, self.port, target, tls=self.tls)

    def ask(self, why: str, target: str, **more: Any) -> Json:
        """A probe for a target here."""
        address = more.pop("address", self.address)
        source = more.pop("source", addresses.client_for(address))
        return question.probe(why, self.url(target, more.pop("name", "")), address, source, place=self.key, **more)

    @property
    def key(self) -> str:
        """What tells it from others."""
        return f"{self.name}:{self.port}"

    def contents(self) -> list[site_map.Content]:
        """The directories that either side serves here; what is served everywhere only at the first place."""
        if self._contents:
            return self._contents
        found: dict[tuple[str, str], site_map.Content] = {}
        for _, host in self.hosts:
            shared = {(route.path, route.directory) for route in host.shared_routes}
            for content in host.contents:
                if self.first or (content.prefix, content.directory) not in shared:
                    found.setdefault((content.prefix, os.path.normpath(content.directory)), content)
        self._contents = list(found.values())
        return self._contents

    def routes(self) -> list[Route]:
        """What either side says about paths here; what the main server says only at the first place."""
        if self._routes:
            return self._routes
        found: dict[tuple[str, str], Route] = {}
        for _, host in self.hosts:
            for route in (*host.routes, *(host.shared_routes if self.first else ())):
                found.setdefault((route.why, route.path), route)
        self._routes = list(found.values())
        return self._routes

    def path_of(self, path: str) -> str | None:
        """The URL path that a file or directory is served at, by the longest directory that it is below of."""
        best, where = "", None
        for content in self.contents():
            directory = os.path.normpath(content.directory)
            if (path == directory or path.startswith(directory.rstrip("/") + "/")) and len(directory) >= len(best):
                best = directory
                where = content.prefix.rstrip("/") + "/" + path[len(directory) :].lstrip("/")
        return where

    def prefixes_of(self, directory: str) -> list[str]:
        """The URL paths that a <Directory> speaks of: that of the directory, or of all that is served from below it."""
        directory = os.path.normpath(directory.rstrip("*"))
        found = [
            content.prefix
            for content in self.contents()
            if (os.path.normpath(content.directory) + "/").startswith(directory.rstrip("/") + "/")
        ]
        path = self.path_of(directory)
        return found or ([path] if path else [])


def places(live: Json | None, candidate: Json | None, first_address: str) -> list[Place]:
    """The places in the order of the live configuration, then what is new in the candidate's."""
    found: dict[tuple[str, int], Place] = {}
    listen = [one for side in (live, candidate) if side for one in side.get("listen") or []]
    sides = [(LIVE, site_map.hosts(live)), (CANDIDATE, site_map.hosts(candidate))]
    named: dict[int, dict[str, None]] = {}
    for side, hosts in sides:
        for host in hosts:
            for address, port, tls in host.endpoints:
                place = found.setdefault((host.name.lower(), port), Place(host.name, port, tls=tls))
                place.hosts.append((side, host))
                place.aliases += host.aliases
                named.setdefault(port, {})[address] = None
    for (_, port), place in found.items():
        place.at = addresses.at(port, listen, named[port], first_address)
        place.anywhere = _anywhere(port, live, candidate)
        if live and candidate and _anywhere(port, live) and not _anywhere(port, candidate):
            # What is asked from this host itself, such as health checks, may lose its address.
            place.at = list(dict.fromkeys([*place.at, addresses.LOOPBACK]))
        place.aliases = list(dict.fromkeys(place.aliases))
        place.first = place is next(iter(found.values()))
    return list(found.values())


def _anywhere(port: int, *sides: Json | None) -> bool:
    """Whether one of the sides listens on the port at all addresses."""
    return any(
        one["port"] == port and (one.get("host") or "*") in site_map.ANY
        for side in sides
        for one in (side or {}).get("listen") or []
    )


def listening(found: Iterable[Place]) -> list[tuple[int, str, bool]]:
    """Each port with each address that it is asked at, and whether it speaks TLS."""
    return list(dict.fromkeys((place.port, address, place.tls) for place in found for address in place.at))
