"""Who asks: the addresses that access rules speak of, and what a proxy in front says of the client. Pure."""

from __future__ import annotations

import ipaddress
import re

from ..effective.parsed import words
from . import addresses, nodes, routes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from .places import Place
    from .site_map import Host

    Json = dict[str, Any]

_BY_ADDRESS = re.compile(r"REMOTE_(?:ADDR|HOST)|(?<![\w-])-R\s|-ipmatch", re.IGNORECASE)
_PARTIAL = re.compile(r"^\d{1,3}(?:\.\d{1,3}){0,2}\.?$")
_RULES = ("require", "allow", "deny")
_MOST = 4


class Rule:
    """An access rule that depends on the client: the URL path that it holds for, and addresses that it names."""

    def __init__(self, prefix: str, inside: list[str]) -> None:
        self.prefix = prefix
        self.inside = inside


def rules(place: Place) -> list[Rule]:
    """The rules of both sides at a place, those of the main server among them."""
    found = []
    for _, host in place.hosts:
        for around, node in host.inside:
            named = by_address(node)
            if named is not None:
                found += [Rule(prefix, named) for prefix in _prefixes(place, around)]
    return found


def questions(place: Place) -> Iterator[Json]:
    """What such a rule guards, asked by somebody whom it names."""
    asked: set[tuple[str, str]] = set()
    for rule in rules(place):
        for client in rule.inside:
            if (rule.prefix, client) in asked or len(asked) >= _MOST or (":" in client) != (":" in place.address):
                continue
            asked.add((rule.prefix, client))
            yield place.ask("location", rule.prefix, source=client, rank=1, **{"from": client})


def by_address(node: Json) -> list[str] | None:
    """Addresses inside of what a directive names; None when it does not depend on the client's address."""
    low = [str(arg).lower() for arg in node["args"]]
    if node["name"] in _RULES:
        low = low[1:] if low[:1] == ["not"] else low
        if low[:1] in (["ip"], ["from"]):
            everybody = all(word == "all" or word.startswith("env=") for word in low[1:])
            return None if everybody else [one for one in map(inside, low[1:]) if one]
        if low[:1] in (["host"], ["local"], ["forward-dns"]):
            return []
    if node["name"] in ("setenvif", "setenvifnocase") and low[:1] in (["remote_addr"], ["remote_host"]):
        return []
    return [] if _BY_ADDRESS.search(node.get("raw") or "") else None


def inside(text: str) -> str | None:
    """An address in a network as access rules write it (10.1, 10.1.0.0/16, 10.0.0.0/255.0.0.0, 2001:db8::/32)."""
    if _PARTIAL.match(text):
        parts = text.rstrip(".").split(".")
        text = ".".join([*parts, *["0"] * (4 - len(parts))]) + f"/{8 * len(parts)}"
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    # The first is the network's own name; the second is an address of somebody.
    return str(network[1] if network.num_addresses > 2 else network[0])


def behind_proxy(host: Host) -> tuple[str, str | None] | None:
    """The header that tells the client (mod_remoteip) and a proxy that is believed; None when there is none."""
    header = nodes.value(host.own, "remoteipheader") or nodes.value(host.shared, "remoteipheader")
    if not header or not header["args"]:
        return None
    names = ("remoteipinternalproxy", "remoteiptrustedproxy")
    trusted = [arg for _, node in host.inside if node["name"] in names for arg in node["args"]]
    return str(header["args"][0]), next((one for one in map(inside, trusted) if one), None)


def forwarded(text: str) -> dict[str, str]:
    """The headers by which a proxy in front says that the client came by TLS, as far as a configuration knows them."""
    low = text.lower()
    known = {"x-forwarded-proto": "https", "x-forwarded-ssl": "on"}
    return {name: value for name, value in known.items() if name in low or name.replace("-", "_") in low}


def _prefixes(place: Place, around: nodes.Around) -> list[str]:
    """The URL paths that a directive holds for."""
    location = routes.located(around)
    if location is not None:
        return [location]
    section = nodes.section(around, "directory", "directorymatch")
    if section is None:
        return ["/"]
    return ["/"] if nodes.is_regex(section) else place.prefixes_of(nodes.argument(section))


def literal(text: str | None) -> str | None:
    """A client's address that can be asked from; None for names and for what no client has."""
    found = addresses.literal(text or "")
    if found is None:
        return None
    parsed = ipaddress.ip_address(found)
    return None if parsed.is_multicast or parsed.is_unspecified or parsed.is_link_local else found


def text_by_address(text: str) -> bool:
    """Whether a .htaccess looks at the client's address anywhere."""
    nodes_of = ({"name": parts[0].lower(), "args": parts[1:], "raw": line} for line, parts in _lines(text))
    return any(by_address(node) is not None for node in nodes_of)


def _lines(text: str) -> Iterator[tuple[str, list[str]]]:
    for line in text.splitlines():
        parts = words(line.strip().lstrip("<").rstrip(">"))
        if parts and not line.lstrip().startswith("#"):
            yield line, parts
