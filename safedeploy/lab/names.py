"""Names of labs, hosts, network interfaces and web sites. Pure.

A Linux interface name has at most 15 characters (IFNAMSIZ - 1), so interfaces are named after the number of the lab's
subnet and of the host, never after the lab's name.
"""

from __future__ import annotations

import re
from enum import StrEnum

from safedeploy.core.errors import ExitCode, SafedeployError

DEFAULT_NAME = "default"
DOMAIN = "lab.test"
SITES = ("www", "app", "api")
MAX_HOSTS = 200
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,22}[a-z0-9])?")


class Mode(StrEnum):
    """What hosts are made of; `auto` is namespaces where the machine allows them."""

    AUTO = "auto"
    NAMESPACES = "namespaces"
    LOOPBACK = "loopback"


def checked_name(name: str) -> str:
    """Return `name` if a lab may be called so; else raise SafedeployError `lab-bad-name`."""
    if _NAME.fullmatch(name):
        return name
    raise SafedeployError(
        "lab-bad-name",
        f"{name!r} cannot be the name of a lab: it takes 1 to 24 lower-case letters, digits and inner hyphens.",
        next_step="Choose another name with --name.",
        exit_code=ExitCode.USAGE,
    )


def checked_count(hosts: int) -> int:
    """Return `hosts` if a lab may have that many; else raise SafedeployError `lab-bad-count`."""
    if 1 <= hosts <= MAX_HOSTS:
        return hosts
    raise SafedeployError(
        "lab-bad-count",
        f"A lab has 1 to {MAX_HOSTS} hosts, not {hosts}.",
        next_step="Choose another number with --hosts.",
        exit_code=ExitCode.USAGE,
    )


def host_names(count: int) -> tuple[str, ...]:
    """`web1` to `web<count>`."""
    return tuple(f"web{number}" for number in range(1, count + 1))


def bridge_name(subnet: int) -> str:
    """The bridge of the lab on subnet number `subnet` (0-511); at most 8 characters."""
    return f"sdlab{subnet}"


def port_name(subnet: int, number: int) -> str:
    """The bridge's port for host number `number`; at most 9 characters."""
    return f"sd{subnet}h{number}"


def site_names() -> tuple[str, ...]:
    """The DNS names that every host serves."""
    return tuple(f"{site}.{DOMAIN}" for site in SITES)
