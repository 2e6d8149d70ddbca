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


def which(effective: Json, address: str, port: int, host_name: str) -> Json | None:
    """The virtual host of `effective` for a request to `address`:`port` with this Host header; None: the main server.

    `address` is an IP address, or "*" for one that no virtual host names.
    """
    group = hosts_at(effective, address, port)
    name = bare(host_name)
    for host in group:
        if answers_to(host, name):
            return host
    return group[0] if group else None


def hosts_at(effective: Json, address: str, port: int) -> list[Json]:
    """The virtual hosts among which the name decides, for requests to `address`:`port`; the default one first."""
    wanted = _canonical(address)
    groups = _groups(effective["vhosts"])
    exact = [group for group in groups if group[0]["address"] not in _ANY]
    wild = [group for group in groups if group[0]["address"] in _ANY]
    for group in [group for group in exact if _canonical(group[0]["address"]) == wanted] + wild:
        if group[0]["port"] in (0, port):
            return group
    return []


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
    pattern = pattern.lower()
    if "*" not in pattern and "?" not in pattern:
        return name == pattern
    parts = (".*" if sign == "*" else "." if sign == "?" else re.escape(sign) for sign in pattern)
    return re.fullmatch("".join(parts), name) is not None


def _canonical(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return address
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return str(mapped or parsed)
