"""What one configuration serves: its virtual hosts with their names, ports and content. Pure.

A port that is listened on and that no virtual host takes is the main server's.
"""

from __future__ import annotations

from . import nodes, routes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Tuple

    Json = dict[str, Any]
    Endpoint = Tuple[str, int, bool]


ANY = ("", "*", "0.0.0.0", "::", "_default_")  # noqa: S104 -- compared with, not bound
HTTPS = 443


class Content:
    """A directory below which files are served: its URL prefix, and whether all in it are scripts (ScriptAlias)."""

    def __init__(self, prefix: str, directory: str, *, script: bool = False) -> None:
        self.prefix = prefix
        self.directory = directory
        self.script = script


class Host:
    """One virtual host, or the main server: `endpoints` are (address or "*", port, whether TLS is spoken)."""

    def __init__(self, name: str, place: str, own: list[Json], shared: list[Json]) -> None:
        self.name = name
        self.place = place
        # Its own nodes, and those of the main server, which it inherits for the most part.
        self.own = own
        self.shared = shared
        self.aliases: list[str] = []
        self.endpoints: list[Endpoint] = []
        self.routes: list[routes.Route] = []
        self.shared_routes: list[routes.Route] = []
        self.contents: list[Content] = []

        # What holds in it, with the sections around: the main server's nodes, then its own.
        self.inside: list[tuple[nodes.Around, Json]] = []


def hosts(effective: Json | None) -> list[Host]:
    """The virtual hosts in httpd's order, then the main server if a port is left for it."""
    if not effective or not effective.get("tree"):
        return []
    top = [node for node in effective["tree"] if node["name"] != "virtualhost"]
    fallback = _name(top) or "localhost"
    main_root = (effective.get("run") or {}).get("Main DocumentRoot")
    found = [_virtual_host(effective, node, top, fallback) for node in _sections(effective["tree"])]
    ports = {port for host in found for _, port, _ in host.endpoints}
    left = [one for one in effective.get("listen") or [] if one["port"] not in ports]
    if left:
        main = Host(fallback, "", [], top)
        main.endpoints = [(one["host"] or "*", one["port"], bool(one.get("secure"))) for one in left]
        found.append(main)
    everywhere = nodes.inside(top)
    common = routes.routes(everywhere)
    for host in found:
        own = nodes.inside(host.own)
        host.inside = [*everywhere, *own]
        host.routes = routes.routes(own)
        host.shared_routes = common
        host.contents = _contents(host, main_root)
    return found


def _sections(tree: Iterable[Json]) -> list[Json]:
    return [node for _, node in nodes.walk(tree) if node["name"] == "virtualhost"]


def _virtual_host(effective: Json, node: Json, top: list[Json], fallback: str) -> Host:
    children = node.get("children") or []
    seen = [
        one
        for one in effective.get("vhosts") or []
        if (one.get("file"), one.get("line")) == (node.get("file"), node.get("line"))
    ]
    name = _name(children) or next((one["name"] for one in seen if one.get("name")), fallback)
    host = Host(name, nodes.place(node), children, top)
    for one in (*(each for each in children if each["name"] == "serveralias"), *seen):
        host.aliases += one.get("args") or one.get("aliases") or []
    host.aliases = [alias for alias in dict.fromkeys(host.aliases) if alias.lower() != name.lower()]
    if seen:
        addresses = [(one.get("address") or "*", one.get("port") or 0) for one in seen]
    else:
        # httpd leaves out a virtual host whose address it cannot resolve.
        addresses = [_address(text) for text in node.get("args") or []]
    dumped = {(one.get("address") or "*", one.get("port") or 0): one.get("tls") for one in seen}
    listen = effective.get("listen") or []
    for address, port in addresses:
        for each in [port] if port else sorted({one["port"] for one in listen}):
            tls = dumped.get((address, port))
            host.endpoints.append((address, each, _tls(children, top, listen, each) if tls is None else bool(tls)))
    host.endpoints = list(dict.fromkeys(host.endpoints))
    return host


def _tls(children: list[Json], top: list[Json], listen: Iterable[Json], port: int) -> bool:
    engine = nodes.value(children, "sslengine") or nodes.value(top, "sslengine")
    if engine and engine["args"]:
        return str(engine["args"][0]).lower() != "off"
    return any(one.get("secure") for one in listen if one["port"] == port)


def _address(text: str) -> tuple[str, int]:
    address, _, port = text.rpartition(":")
    if not address or not (port.isdigit() or port == "*"):
        address, port = text, "*"
    address = address.strip("[]")
    return ("*" if address in ANY else address), (int(port) if port.isdigit() else 0)


def _name(children: Iterable[Json]) -> str:
    """The host of a ServerName, which may have a scheme and a port."""
    node = nodes.value(children, "servername")
    if not node or not node["args"]:
        return ""
    text = str(node["args"][0]).rpartition("://")[2]
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0]


def _contents(host: Host, main_root: str | None) -> list[Content]:
    root = nodes.value(host.own, "documentroot") or nodes.value(host.shared, "documentroot")
    directory = str(root["args"][0]) if root and root["args"] else main_root
    found = [Content("/", directory)] if directory and directory.startswith("/") else []
    aliased = [route for route in (*host.routes, *host.shared_routes) if route.directory]
    return found + [Content(route.path, route.directory, script=route.script) for route in aliased]
