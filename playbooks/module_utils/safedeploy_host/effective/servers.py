"""The main server and the virtual hosts of a tree, with what is set directly in each. Pure."""

from __future__ import annotations

from . import nodes
from .which import Choice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from .nodes import Scope

    Json = dict[str, Any]


class Server:
    """One of them; `node` is its <VirtualHost>, None for the main server, `inside` what stands directly in it."""

    def __init__(self, node: Json | None, inside: list[Json], main: list[Json]) -> None:
        self.node = node
        self.scope: Scope = (node,) if node else ()
        self.inside = inside
        self._main = main

    @property
    def name(self) -> str:
        """For people: its ServerName, or what its section says."""
        name = nodes.value(self.inside, "servername")
        if self.node is None:
            return "the main server"
        return name["args"][0] if name and name["args"] else f"<VirtualHost {self.node['raw']}>"

    def own(self, *names: str) -> Iterator[Json]:
        """The directives of these names that stand directly in it, in order."""
        return (node for node in self.inside if node["name"] in names)

    def setting(self, name: str) -> Json | None:
        """The directive of this name that counts for it: its own, or the main server's."""
        return nodes.value(self.inside, name) or nodes.value(self._main, name)

    def on(self, name: str) -> bool:
        """Whether a switch is on for it, by itself or by the main server."""
        node = self.setting(name)
        return bool(node and node["args"] and node["args"][0].lower() != "off")


def servers(effective: Json) -> list[Server]:
    """The main server first, then the virtual hosts in the order of the files."""
    tree = effective["tree"]
    main = [node for node in tree if node["name"] != "virtualhost"]
    sections = [node for node in tree if node["name"] == "virtualhost"]
    return [Server(None, main, main), *(Server(node, node["children"], main) for node in sections)]


def all_covered(effective: Json) -> bool:
    """Whether every port that httpd listens on belongs to virtual hosts, so that the main server answers nothing."""
    ports = {one["port"] for one in effective["listen"]}
    choice = Choice(effective)
    return bool(ports) and all(choice.at("*", port) for port in ports)
