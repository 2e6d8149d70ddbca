"""Which virtual host httpd picks for a request: by the address that it came in on, then by the name it asks for. Pure.

The rules are those of server/vhost.c in httpd 2.4: an exact address comes before `*`; among the virtual hosts of that
address the first whose ServerName or ServerAlias matches; else the first of them. DUMP_VHOSTS lists them in the order
in which httpd looks, and so does an Effective.
"""

from __future__ import annotations

import ipaddress
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Json = dict[str, Any]

_ANY = ("*", "0.0.0.0", "::", "_default_")  # noqa: S104 -- compared, not bound


class Choice:
    """The virtual hosts of one configuration, indexed for many questions."""

    def __init__(self, effective: Json) -> None:
        groups = [Group(hosts) for hosts in _groups(effective["vhosts"])]
        self._exact = [group for group in groups if group.address not in _ANY]
        self._wild = [group for group in groups if group.address in _ANY]

    def at(self, address: str, port: int) -> Group | None:
        """The virtual hosts among which the name decides for requests to `address`:`port`; None: the main server."""
        wanted = canonical(address)
        ours = [group for group in self._exact if group.address == wanted]
        fitting = [group for group in ours + self._wild if group.port in (0, port)]
        # A section for the port itself comes before one for `*`, but not before one for the address.
        return min(fitting, key=lambda group: (group.address in _ANY, group.port == 0), default=None)

    def which(self, address: str, port: int, host_name: str) -> Json | None:
        """The virtual host for a request to `address`:`port` with this Host header; None: the main server.

        `address` is an IP address, or "*" for one that no virtual host names.
        """
        group = self.at(address, port)
        return group.which(bare(host_name)) if group else None


class Group:
    """The virtual hosts of one address and port, in httpd's order; the first is the default."""

    def __init__(self, hosts: list[Json]) -> None:
        self.hosts = hosts
        self.address = canonical(hosts[0]["address"])
        self.port: int = hosts[0]["port"]
        self._plain: dict[str, int] = {}
        self._patterns: list[tuple[int, re.Pattern[str]]] = []
        for number, host in enumerate(hosts):
            for name in (host["name"], *host["aliases"]):
                if _is_pattern(name):
                    self._patterns.append((number, _compiled(name)))
                else:
                    self._plain.setdefault(name.lower(), number)

    def which(self, name: str) -> Json:
        """The one that answers a bare name."""
        number = self.knows(name)
        return self.hosts[number if number is not None else 0]

    def knows(self, name: str) -> int | None:
        """The number of the first that has a bare name, by ServerName or ServerAlias; None when none has."""
        found = [number for number, pattern in self._patterns if pattern.fullmatch(name)]
        plain = self._plain.get(name)
        return min(found + ([plain] if plain is not None else []), default=None)


def answers_to(host: Json, name: str) -> bool:
    """Whether ServerName or a ServerAlias of the virtual host matches a bare name."""
    return any(_matches(name, pattern) for pattern in (host["name"], *host["aliases"]))


def bare(host_name: str) -> str:
    """A Host header's value without port and final dot, in lower case."""
    name = host_name.lower()
    if not name.startswith("["):
        name = name.partition(":")[0]
    return name[:-1] if name.endswith(".") else name


def _groups(hosts: list[Json]) -> list[list[Json]]:
    found: list[list[Json]] = []
    for host in hosts:
        if host["default"] or not found:
            found.append([])
        found[-1].append(host)
    return found


def _matches(name: str, pattern: str) -> bool:
    return _compiled(pattern).fullmatch(name) is not None if _is_pattern(pattern) else name == pattern.lower()


def _is_pattern(name: str) -> bool:
    return "*" in name or "?" in name


def _compiled(name: str) -> re.Pattern[str]:
    parts = (".*" if sign == "*" else "." if sign == "?" else re.escape(sign) for sign in name.lower())
    return re.compile("".join(parts))


def canonical(address: str) -> str:
    """One spelling for each IP address; an IPv4 address as such, also where it is written as an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return address
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return str(mapped or parsed)
