"""The network of a lab in namespace mode: one bridge without an uplink, one /24 out of 198.18.0.0/15 (RFC 2544).

The bridge is the claim on the subnet: its name holds the subnet's number, and the kernel makes a name only once. That a
bridge is this lab's is told by its hardware address, which is given at its creation and comes from the lab's identity.
"""

from __future__ import annotations

import ipaddress
import json
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from safedeploy.core.errors import SafedeployError
from safedeploy.lab.commands import lab_error, run
from safedeploy.lab.names import bridge_name, port_name

RANGE = ipaddress.IPv4Network("198.18.0.0/15")
SUBNETS = tuple(RANGE.subnets(new_prefix=24))
FIRST_HOST = 11
LINKS = Path("/sys/class/net")


def machine_address(subnet: int) -> str:
    """The machine's own address on the lab's bridge."""
    return str(SUBNETS[subnet][1])


def host_address(subnet: int, number: int) -> str:
    """The address of host number `number` (from 1)."""
    return str(SUBNETS[subnet][FIRST_HOST - 1 + number])


def hardware_address(ident: str, number: int = 0) -> str:
    """A locally administered address from the lab's identity (hex digits): 0 is the bridge, 1 and up are its hosts.

    A host keeps its address over a reboot, or its neighbours would go on sending to the old one for a while.
    """
    return ":".join(["02", *(ident[place : place + 2] for place in range(0, 8, 2)), f"{number:02x}"])


def _used() -> list[ipaddress.IPv4Network]:
    """Networks of the range that the machine has an address in or a route to."""
    addresses = [
        ipaddress.IPv4Interface(f"{info['local']}/{info['prefixlen']}").network
        for link in _ask("-4", "address")
        for info in link.get("addr_info", [])
        if "local" in info
    ]
    routes = [
        ipaddress.IPv4Network(route["dst"]) for route in _ask("-4", "route") if route.get("dst", "default") != "default"
    ]
    return [network for network in (*addresses, *routes) if network.overlaps(RANGE)]


def _ask(*words: str) -> list[dict[str, Any]]:
    answer: list[dict[str, Any]] = json.loads(run(["ip", "-json", *words]) or "[]")
    return answer


def candidates(name: str) -> Iterator[int]:
    """Subnet numbers that look free; the first belongs to the lab's name, so that addresses mostly stay the same."""
    used = _used()
    first = zlib.crc32(name.encode()) % len(SUBNETS)
    for step in range(len(SUBNETS)):
        number = (first + step) % len(SUBNETS)
        if not any(SUBNETS[number].overlaps(network) for network in used):
            yield number


def claim(subnet: int, ident: str) -> bool:
    """Make the bridge; False when somebody else has it. Raises SafedeployError `lab-command-failed`."""
    bridge = bridge_name(subnet)
    try:
        run(["ip", "link", "add", "name", bridge, "address", hardware_address(ident), "type", "bridge"])
    except SafedeployError as error:
        if "exists" in error.what:
            return False
        raise
    batch([f"address add {machine_address(subnet)}/24 dev {bridge}", f"link set dev {bridge} up"])
    return True


def connect(subnet: int, ident: str, inits: Sequence[tuple[int, int]]) -> None:
    """Give each host, a pair (number, process id of its init), a link `eth0` to the bridge."""
    batch(
        [
            f"link add name {port_name(subnet, number)} master {bridge_name(subnet)} up"
            f" type veth peer name eth0 address {hardware_address(ident, number)} netns {pid}"
            for number, pid in inits
        ]
    )


def disconnect(subnet: int, numbers: Sequence[int]) -> None:
    """Take away the links of hosts that are off, where one has not gone with its host.

    The kernel keeps the network of the dead while nobody has acknowledged the end of one of their connections.
    """
    for port in (port_name(subnet, number) for number in numbers):
        if (LINKS / port).exists():
            _delete(port)


def batch(lines: Sequence[str]) -> None:
    """Run many `ip` commands in one process."""
    run(["ip", "-batch", "-"], text="".join(f"{line}\n" for line in lines))


def release(ident: str) -> bool:
    """Remove the bridge of the lab with that identity and the links on it; False when there is none.

    The search is by hardware address over all bridges, so that it needs nothing but the identity.
    """
    own = [
        link["ifname"]
        for link in _ask("link", "show", "type", "bridge")
        if link.get("address") == hardware_address(ident) and link.get("ifname", "").startswith("sdlab")
    ]
    for bridge in own:
        for link in _ask("link", "show", "master", bridge):
            _delete(link["ifname"])
        _delete(bridge)
    return bool(own)


def _delete(interface: str) -> None:
    """Delete an interface; the kernel may have done so by itself since its host died."""
    try:
        run(["ip", "link", "delete", interface])
    except SafedeployError as error:
        # The first is what `ip` says when it looks, the second what the kernel says when it went in between.
        if "Cannot find device" not in error.what and "No such device" not in error.what:
            raise lab_error(
                "lab-network-stays", error.what, next_step=f"Remove it by hand: ip link delete {interface}"
            ) from error
