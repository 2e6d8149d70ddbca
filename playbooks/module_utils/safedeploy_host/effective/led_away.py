"""Sites that were there and are led to documents or backends that are not."""

from __future__ import annotations

import ipaddress
import re

from .. import sockets
from ..later import regex
from .nodes import key, named, place, value
from .raised import ERROR, WARNING, finding
from .servers import Server, servers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Tuple

    from .host import Host
    from .paired import Pairs

    Json = dict[str, Any]
    Address = Tuple[str, int]

_TARGET = regex(
    r"\b(?:https?|wss?|ajp|fcgi|scgi|uwsgi|h2c?)://(\[[0-9A-Fa-f:.]+\]|[^/:\s\"|?]+)(?::(\d+))?", re.IGNORECASE
)
_PORTS = {"https": 443, "wss": 443, "ajp": 8009, "fcgi": 8000, "scgi": 4000, "uwsgi": 3031}
_DIRECTIVES = ("proxypass", "proxypassmatch", "balancermember", "sethandler")


def documents(live: Json, candidate: Json, pairs: Pairs, host: Host) -> Iterator[Json]:
    """A virtual host whose DocumentRoot existed, and is changed to one that does not."""
    before, after = _by_place(live), _by_place(candidate)
    for old, new in pairs.pairs:
        roots = [_root(sections.get((one["file"], one["line"]))) for sections, one in ((before, old), (after, new))]
        if roots[0] and roots[1] and roots[0]["args"] != roots[1]["args"]:
            path = roots[1]["args"][0]
            if not host.exists(path) and host.exists(roots[0]["args"][0]):
                yield finding(
                    "document-root-missing",
                    f"The document root of {new['name']} changes from {roots[0]['args'][0]} to {path}, which does not"
                    " exist",
                    severity=ERROR,
                    place=place(roots[1]),
                    remedy="Correct the path, or bring the documents there first",
                )


def backends(live: Json, candidate: Json) -> Iterator[Json]:
    """A new backend on the host's loopback where nothing listens: an error where it replaces one that does."""
    old = {key(scope, node) for scope, node in named(live["tree"], *_DIRECTIVES)}
    new = [
        (node, address)
        for scope, node in named(candidate["tree"], *_DIRECTIVES)
        if key(scope, node) not in old
        for address in _addresses(node)
        if _is_loopback(address[0])
    ]
    listening = {address for _, address in sockets.all_listening()} if new else set()
    if not listening:
        return
    before, still = _backends(live), _backends(candidate)
    replaced = sorted(address for address in before - still if _answers(address, listening))
    for node, address in new:
        if not _answers(address, listening):
            yield finding(
                "backend-missing",
                f"Nothing listens on {address[0]}:{address[1]}, where this line sends requests"
                + (f"; {replaced[0][0]}:{replaced[0][1]} still does" if replaced else ""),
                severity=ERROR if replaced else WARNING,
                place=place(node),
                remedy="Correct the port, or start the backend there first",
            )


def _by_place(effective: Json) -> dict[tuple[str, int], Server]:
    return {(one.node["file"], one.node["line"]): one for one in servers(effective) if one.node}


def _root(server: Server | None) -> Json | None:
    node = value(server.inside, "documentroot") if server else None
    return node if node and node["args"] else None


def _backends(effective: Json) -> set[Address]:
    return {address for _, node in named(effective["tree"], *_DIRECTIVES) for address in _addresses(node)}


def _addresses(node: Json) -> list[Address]:
    found = []
    for match in [] if "unix:" in node["raw"] else _TARGET.finditer(node["raw"]):
        scheme = match.group(0).partition(":")[0].lower()
        found.append((match.group(1).strip("[]"), int(match.group(2) or _PORTS.get(scheme, 80))))
    return found


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _answers(address: Address, listening: set[Address]) -> bool:
    host, port = address
    hosts = ("127.0.0.1", "::1") if host == "localhost" else (host,)
    return any((one, port) in listening for one in (*hosts, "0.0.0.0", "::"))  # noqa: S104 -- compared, not bound
