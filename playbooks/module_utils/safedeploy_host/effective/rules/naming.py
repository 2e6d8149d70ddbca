"""Virtual hosts that no request can reach, by their names, their ports or what they lack."""

from __future__ import annotations

from ...later import regex
from ..nodes import value
from ..raised import ERROR, WARNING, Raised
from ..servers import servers
from ..which import Choice, bare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ..host import Host

    Json = dict[str, Any]

# What a Host header can hold, and what ServerAlias takes for wildcards.
_NAME = regex(r"[\w.*?-]+|\[[0-9A-Fa-f:.]+\]")
_TLS_PORTS = (443, 8443, 4443, 9443, 10443)


def unanswerable(effective: Json, host: Host) -> Iterator[Raised]:  # noqa: ARG001 -- every rule is called alike
    """A ServerAlias that no Host header can equal: with a comma, a port or a scheme in it."""
    for server in servers(effective):
        for node in server.own("serveralias"):
            for name in node["args"]:
                if not _NAME.fullmatch(name):
                    yield Raised(
                        "name-never-asked",
                        f"No request asks for {name}: a ServerAlias is a bare name",
                        node=node,
                        scope=server.scope,
                        remedy="Write names without scheme, port and slash, with blanks between them",
                    )
                    break


def unreachable(effective: Json, host: Host) -> Iterator[Raised]:  # noqa: ARG001 -- as above
    """A virtual host whose every name another one answers first, and that is nowhere the default."""
    choice = Choice(effective)
    ports = sorted({one["port"] for one in effective["listen"]})
    reached: dict[tuple[str, int], bool] = {}
    first: dict[tuple[str, int], Json] = {}
    for entry in effective["vhosts"]:
        place = (entry["file"], entry["line"])
        names = [bare(name) for name in (entry["name"], *entry["aliases"])]
        asked = [entry["port"]] if entry["port"] else ports
        answers = [choice.which(entry["address"], port, name) for port in asked for name in names]
        reached[place] = reached.get(place, False) or entry["default"] or entry in answers
        other = next((one for one in answers if one is not None), None)
        if other is not None:
            first.setdefault(place, other)
    for server in servers(effective)[1:]:
        place = (server.node["file"], server.node["line"]) if server.node else ("", 0)
        if reached.get(place) is False and place in first:
            other = first[place]
            yield Raised(
                "virtual-host-unreachable",
                f"No request reaches the virtual host {server.name}: {other['file']}:{other['line']} answers its names"
                " first",
                node=_named(server.node or {}, server.inside),
                remedy="Remove one of the two, or give them different names",
                on_old_line=ERROR,
            )


def not_listened(effective: Json, host: Host) -> Iterator[Raised]:  # noqa: ARG001 -- as above
    """A virtual host on ports that no Listen opens."""
    ports = {one["port"] for one in effective["listen"]}
    wanted: dict[tuple[str, int], set[int]] = {}
    for entry in effective["vhosts"]:
        wanted.setdefault((entry["file"], entry["line"]), set()).add(entry["port"])
    for server in servers(effective)[1:]:
        if server.node is None or not ports:
            continue
        own = wanted.get((server.node["file"], server.node["line"]), {0})
        if 0 not in own and not own & ports:
            shown = " and ".join(str(port) for port in sorted(own))
            yield Raised(
                "port-not-listened",
                f"No request reaches the virtual host {server.name}: httpd does not listen on port {shown}",
                node=_named(server.node, server.inside),
                remedy=f"Add `Listen {min(own)}`, or correct the port",
            )


def certificate_without_tls(effective: Json, host: Host) -> Iterator[Raised]:  # noqa: ARG001 -- as above
    """A certificate in a virtual host that does not speak TLS, because nothing says so."""
    speaks = {(entry["file"], entry["line"]): entry for entry in effective["vhosts"]}
    for server in servers(effective)[1:]:
        entry = speaks.get((server.node["file"], server.node["line"])) if server.node else None
        node = value(server.inside, "sslcertificatefile")
        if entry and node and not entry["tls"] and server.setting("sslengine") is None:
            yield Raised(
                "tls-off",
                f"{server.name} has a certificate, but does not speak TLS on port {entry['port']}",
                node=node,
                scope=server.scope,
                remedy="Add `SSLEngine on`",
                severity=ERROR if entry["port"] in _TLS_PORTS else WARNING,
            )


def _named(section: Json, inside: list[Json]) -> Json:
    """The section with its ServerName, so that two of one address are not taken for the same line."""
    name = value(inside, "servername")
    return {**section, "args": [*section["args"], *(name["args"] if name else [])]}
