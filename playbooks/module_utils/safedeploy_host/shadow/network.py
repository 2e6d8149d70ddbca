"""A shadow's network: the host's addresses on its own loopback, and a way to the backends that leads nowhere else.

A backend on an address of this host is a listening socket there, as on the host. One on another machine lies in a
second namespace behind a pair of interfaces: on the loopback its port would clash with a `Listen` on all addresses.
Whoever is silent on the host is silent here: packets to it are dropped.
"""

from __future__ import annotations

import array
import json
import os
import socket
import struct

from .. import namespaces
from . import kernel_settings, netlink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Mapping, Tuple

    Json = dict[str, Any]
    Address = Tuple[str, int]

_LINK, _PEER = "backends", "shadow"
# Where a host without an address of its own sends from: reserved, so that nobody means it (RFC 7600, RFC 6666).
_NOBODY = {4: "192.0.0.8", 6: "100::8"}
_BACKLOG = 128
# The kernel passes 253 descriptors with one message at most.
_AT_ONCE = 200
# What decides on the host which addresses can be bound, and is a namespace's own.
_KEPT = (
    "net/ipv4/ip_nonlocal_bind",
    "net/ipv4/ip_unprivileged_port_start",
    "net/ipv4/ip_local_port_range",
    "net/ipv6/ip_nonlocal_bind",
    "net/ipv6/bindv6only",
    "net/ipv6/conf/all/disable_ipv6",
    "net/ipv6/conf/lo/disable_ipv6",
    "net/core/somaxconn",
)


class Network:
    """What the keeper serves: `listeners` by address, and the descriptors that keep the namespaces (`held`)."""

    def __init__(self) -> None:
        self.listeners: dict[Address, socket.socket] = {}
        self.held: list[int] = []
        self.filled: list[socket.socket] = []
        self.limits: list[str] = []
        self.unbridged: dict[Address, str] = {}


def own_addresses() -> list[str]:
    """The addresses of this machine as the world document wants them."""
    route = netlink.Route()
    try:
        return route.addresses()
    finally:
        route.close()


def make(world: Json, states: Mapping[Address, str]) -> Network:
    """Enter a network namespace of its own and furnish it. Raises OSError when that is not allowed."""
    network = Network()
    own = {address.partition("%")[0] for address in world["addresses"]}
    elsewhere = {pair: state for pair, state in states.items() if not _is_local(pair[0], own)}
    settings = kernel_settings.read(_KEPT)
    there = _second_namespace(elsewhere, network) if elsewhere else None
    namespaces.unshare(namespaces.NEWNET)
    kernel_settings.write(settings)
    route = netlink.Route()
    route.up("lo")
    for address in [*own, *world.get("clients", [])]:
        _try_add(route, address, network)
    if there is not None:
        _connect(route, there, elsewhere, own, network)
    route.close()
    for (host, port), state in states.items():
        if (host, port) not in elsewhere:
            _serve(host, port, state, network)
    return network


def hand_over(network: Network, sender: socket.socket) -> None:
    """Give what must be kept and served to the keeper, which stays in the host's network."""
    listeners = list(network.listeners.items())
    document = {
        "listeners": [target for target, _ in listeners],
        "limits": network.limits,
        "unbridged": [[*pair, why] for pair, why in network.unbridged.items()],
    }
    sockets = [one for _, one in listeners] + network.filled
    descriptors = [one.fileno() for one in sockets] + network.held
    data = json.dumps(document).encode()
    sender.sendall(struct.pack("=II", len(data), len(descriptors)) + data)
    for start in range(0, len(descriptors), _AT_ONCE):
        rights = array.array("i", descriptors[start : start + _AT_ONCE]).tobytes()
        sender.sendmsg([b"."], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])


def take_over(receiver: socket.socket) -> tuple[Json, list[int]]:
    """The keeper's side: the document, and the descriptors, those of the listeners first."""
    size, count = struct.unpack("=II", receiver.recv(8, socket.MSG_WAITALL))
    document: Json = json.loads(receiver.recv(size, socket.MSG_WAITALL))
    descriptors = array.array("i")
    while len(descriptors) < count:
        _, messages, _, _ = receiver.recvmsg(1, socket.CMSG_LEN(_AT_ONCE * descriptors.itemsize))
        for _, _, rights in messages:
            descriptors.frombytes(rights)
    return document, list(descriptors)


def _second_namespace(elsewhere: Mapping[Address, str], network: Network) -> int:
    namespaces.unshare(namespaces.NEWNET)
    route = netlink.Route()
    route.up("lo")
    for (host, port), state in elsewhere.items():
        if state == "silent":
            # An address that nobody has, behind a link: nothing comes back.
            continue
        _try_add(route, host, network)
        _serve(host, port, state, network)
    route.close()
    there = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    network.held.append(there)
    return there


def _connect(
    route: netlink.Route, there: int, elsewhere: Mapping[Address, str], own: Iterable[str], network: Network
) -> None:
    here = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        route.pair(_LINK, _PEER, there)
    except OSError as error:
        for pair in elsewhere:
            network.unbridged[pair] = f"no link to another namespace: {error}"
        os.close(here)
        return
    namespaces.join(there, namespaces.NEWNET)
    other = netlink.Route()
    other.up(_PEER, arp=False)
    for family in (socket.AF_INET, socket.AF_INET6):
        _ignore_missing(lambda family=family: other.reach(None, _PEER, family=family))
    other.close()
    namespaces.join(here, namespaces.NEWNET)
    os.close(here)
    route.up(_LINK, arp=False)
    for host in sorted({host for host, _ in elsewhere}):
        sender = _sender(host, own)
        if sender in _NOBODY.values():
            _ignore_missing(lambda sender=sender: route.add(sender, _LINK))
        _ignore_missing(lambda host=host, sender=sender: route.reach(host, _LINK, sender))


def _sender(host: str, own: Iterable[str]) -> str:
    """The address that the host would send from, more or less: the first one that is not a loopback's."""
    same = [one for one in own if (":" in one) == (":" in host) and not one.startswith("127.") and one != "::1"]
    return same[0] if same else _NOBODY[6 if ":" in host else 4]


def _serve(host: str, port: int, state: str, network: Network) -> None:
    if state not in ("bridged", "silent"):
        return
    one = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind((host, port))
        one.listen(_BACKLOG if state == "bridged" else 0)
    except OSError as error:
        network.unbridged[host, port] = f"its port cannot be taken in the shadow: {error}"
        one.close()
        return
    one.setblocking(False)
    if state == "bridged":
        network.listeners[host, port] = one
        return
    # A full queue: the kernel drops what else wants to connect, as if nobody were there.
    network.filled.append(one)
    for _ in range(2):
        filler = socket.socket(one.family, socket.SOCK_STREAM)
        filler.setblocking(False)
        filler.connect_ex((host, port))
        network.filled.append(filler)


def _is_local(host: str, own: Iterable[str]) -> bool:
    return host in own or host.startswith("127.") or host == "::1"


def _try_add(route: netlink.Route, address: str, network: Network) -> None:
    try:
        route.add(address.partition("%")[0], "lo")
    except OSError as error:
        network.limits.append(f"the shadow lacks the address {address}: {error}")


def _ignore_missing(act: Any) -> None:
    """A family that the kernel or the host does without."""
    try:
        act()
    except OSError:
        return
