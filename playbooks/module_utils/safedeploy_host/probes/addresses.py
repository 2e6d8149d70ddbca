"""The addresses of this host, and those at which a port is asked.

<VirtualHost address:port> is chosen by the address that a request comes in on, so each address that a configuration
names is asked by itself, and otherwise the one that most requests come in on.
"""

from __future__ import annotations

import ipaddress
import socket
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator

    Json = dict[str, Any]

LOOPBACK = "127.0.0.1"
# Clients from outside that no configuration speaks of: networks kept for benchmarks (RFC 2544, RFC 5180).
OUTSIDE = "198.18.0.253"
OUTSIDE_V6 = "2001:2::253"
_ELSEWHERE = "203.0.113.1"
_ANY = ("", "*", "0.0.0.0", "::", "_default_")  # noqa: S104 -- compared with, not bound
_DUMP_ADDRESSES = 22  # RTM_GETADDR of linux/rtnetlink.h
_NEW_ADDRESS = 20
_DONE = 3
_REQUEST_DUMP = 0x301
_ADDRESS, _LOCAL = 1, 2  # IFA_ADDRESS and IFA_LOCAL of linux/if_addr.h


def own() -> list[str]:
    """This host's addresses of both families, without loopback and link-local ones; empty where it cannot be known."""
    try:
        found = list(dict.fromkeys(_netlink()))
    except OSError:
        return []
    return [text for text in found if not _special(text)]


def primary(addresses: Iterable[str]) -> str:
    """The address that requests from outside most likely come in on: the one that this host itself would use."""
    known = [text for text in addresses if ":" not in text]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            # Connecting a datagram socket looks up the route and sends nothing.
            asked.connect((_ELSEWHERE, 9))
            found = str(asked.getsockname()[0])
        except OSError:
            found = ""
    return found if found in known else (known or [LOOPBACK])[0]


def at(port: int, listen: Iterable[Json], named: Iterable[str], first: str) -> list[str]:
    """The addresses to ask a port at, the ordinary one first; `listen` and `named` are those of both configurations."""
    hosts = [str(one.get("host") or "*").strip("[]") for one in listen if one["port"] == port]
    anywhere = not hosts or any(host in _ANY for host in hosts)
    fixed = [host for host in hosts if host not in _ANY and literal(host)]
    wanted = [*([first] if anywhere or first in fixed else []), *fixed]
    if anywhere:
        wanted += [address for address in named if literal(address)]
    return list(dict.fromkeys(wanted)) or [first]


def client_for(address: str) -> str | None:
    """The outside client that asks at an address; None, the host itself, where nobody outside can reach it."""
    parsed = ipaddress.ip_address(address)
    if parsed.is_loopback:
        return None
    return OUTSIDE if parsed.version == 4 else OUTSIDE_V6


def literal(text: str) -> str | None:
    """The address in its shortest form, an IPv4 one out of its IPv6 clothes; None for what is no address."""
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = getattr(parsed, "ipv4_mapped", None)
    return str(mapped or parsed)


def _special(text: str) -> bool:
    parsed = ipaddress.ip_address(text)
    return parsed.is_loopback or parsed.is_link_local


def _netlink() -> Iterator[str]:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        kernel.settimeout(1.0)
        kernel.bind((0, 0))
        # struct nlmsghdr, then struct ifaddrmsg of all zeros: every family.
        kernel.send(struct.pack("=IHHIIBBBBI", 24, _DUMP_ADDRESSES, _REQUEST_DUMP, 1, 0, 0, 0, 0, 0, 0))
        while True:
            data = kernel.recv(65536)
            while len(data) >= 16:
                length, kind = struct.unpack_from("=IH", data)
                if kind == _DONE or length < 16:
                    return
                if kind == _NEW_ADDRESS:
                    yield from _address(data[16:length])
                data = data[(length + 3) & ~3 :]


def _address(message: bytes) -> Iterator[str]:
    family = message[0]
    found: dict[int, bytes] = {}
    position = 8
    while position + 4 <= len(message):
        length, kind = struct.unpack_from("=HH", message, position)
        if length < 4:
            break
        found[kind] = message[position + 4 : position + length]
        position += (length + 3) & ~3
    # On a point-to-point link IFA_ADDRESS is the other end.
    raw = found.get(_LOCAL) or found.get(_ADDRESS)
    if raw and family in (socket.AF_INET, socket.AF_INET6):
        yield socket.inet_ntop(family, raw)
