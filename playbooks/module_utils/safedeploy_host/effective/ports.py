"""Whether the host can open the ports that the candidate asks for: configtest binds nothing, and httpd dies of it.

Each new address is bound for a moment, as httpd would, without listening on it: /proc tells who holds a port, but not
whether an IPv6 socket takes the IPv4 addresses too.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
from pathlib import Path

from .. import process, sockets
from .nodes import named, place
from .raised import ERROR, WARNING, finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Tuple

    Json = dict[str, Any]
    Address = Tuple[str, int]

_ANY = ("*", "0.0.0.0", "::")  # noqa: S104 -- compared, not bound


def ports(site: Json, live: Json, candidate: Json) -> Iterator[Json]:
    """Findings about each Listen, and each address of a virtual host, that live does not have."""
    before = {(one["host"], one["port"]) for one in live["listen"]}
    new = sorted({(one["host"], one["port"]) for one in candidate["listen"]} - before)
    places = {_written(node): place(node) for _, node in named(candidate["tree"], "listen")}
    for host, port in new:
        number = _bind(host, port)
        if number == errno.EADDRINUSE and not _held_by_us(site, port):
            yield finding(
                "port-taken",
                f"Port {port} is already held by {_holder(port)}: httpd would not start, and a reload would end it",
                severity=ERROR,
                place=places.get((host, port)),
                remedy="Choose another port, or stop the other program first",
            )
        elif number == errno.EADDRNOTAVAIL:
            yield finding(
                "address-not-here",
                f"This host does not have the address {host}: httpd cannot listen on it",
                severity=ERROR,
                place=places.get((host, port)),
                remedy="Correct the address, or give it to this host first",
            )
    yield from _foreign_sections(live, candidate)


def _foreign_sections(live: Json, candidate: Json) -> Iterator[Json]:
    """Virtual hosts of an address that this host does not have: nothing reaches them, which may be for later."""
    before = {one["address"] for one in live["vhosts"]}
    for one in candidate["vhosts"]:
        if one["address"] not in before and _bind(one["address"], 0) == errno.EADDRNOTAVAIL:
            yield finding(
                "address-not-here",
                f"This host does not have the address {one['address']} of the virtual host {one['name']}",
                severity=WARNING,
                place=f"{one['file']}:{one['line']}",
                remedy="Correct the address, unless this host gets it later",
            )


def _written(node: Json) -> Address:
    host, _, port = (node["args"] or [""])[0].rpartition(":")
    return host.strip("[]") or "*", int(port) if port.isdigit() else 0


def _bind(host: str, port: int) -> int:
    """The errno of binding an address as httpd does; 0 when it can be had, or that cannot be told."""
    try:
        family = socket.AF_INET6 if host == "*" or ipaddress.ip_address(host).version == 6 else socket.AF_INET
    except ValueError:
        return 0
    try:
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                # httpd takes both families with one socket where it is to take all addresses.
                tried.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(host != "*"))
            tried.bind(("::" if host == "*" else host, port))
    except OSError as error:
        if error.errno in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL) and host == "*":
            return _bind("0.0.0.0", port)  # noqa: S104 -- what httpd itself would bind, and only for a moment
        return error.errno or 0
    return 0


def _held_by_us(site: Json, port: int) -> bool:
    """Whether this very httpd holds the port: what it then needs is a restart, which restart.py tells."""
    parents = process.parents(site)
    return any(number == port for parent in parents for _, (_, number) in sockets.bound(parent.pid))


def _holder(port: int) -> str:
    """Who listens on a port, for people."""
    holders = {inode for inode, (_, number) in sockets.all_listening() if number == port}
    for name in os.listdir("/proc"):
        if name.isdigit() and holders & (sockets.inodes(int(name)) or set()):
            try:
                command = Path("/proc", name, "comm").read_text("utf-8", "replace").strip()
            except OSError:
                continue
            return f"{command} (pid {name})"
    return "another program"
