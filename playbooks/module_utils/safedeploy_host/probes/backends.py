"""What a configuration talks to: the TCP servers and UNIX sockets that it names, by whatever directive. Pure.

What is only known when a request comes (a variable or a back reference in the server's name) cannot be bridged, and is
said.
"""

from __future__ import annotations

import re

from . import nodes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    Json = dict[str, Any]

PORTS = {
    "http": 80, "https": 443, "h2": 443, "h2c": 80, "ws": 80, "wss": 443, "ajp": 8009, "fcgi": 8000, "scgi": 4000,
    "uwsgi": 3031, "ftp": 21, "ldap": 389, "ldaps": 636, "memcache": 11211, "redis": 6379,
}  # fmt: skip
_URL = re.compile(r"^(?P<scheme>[a-z][a-z0-9]*)://(?P<host>\[[^\]]*\]|[^/:?#]*)(?::(?P<port>[^/?#]*))?", re.IGNORECASE)
_UNIX = re.compile(r"unix:(?P<path>/[^|\s]*)", re.IGNORECASE)
_DYNAMIC = re.compile(r"[%$]")
_LIST = re.compile(r"^(?:memcache|redis):(?P<servers>[^/].*)$", re.IGNORECASE)
_ASKS = ("authldapurl", "proxyremote", "proxyremotematch", "authnzfcgidefineprovider", "proxyhcexpr")
_CACHES = ("sslsessioncache", "sslstaplingcache", "authncachesocache", "cachesocache")


class Backends:
    """`servers` as {"name", "port", "scheme", "place"}, `sockets` as paths, and `notes` on what is not fixed."""

    def __init__(self) -> None:
        self.servers: list[Json] = []
        self.sockets: list[str] = []
        self.notes: list[str] = []

    def read(self, effective: Json | None) -> None:
        """Add what a configuration names; each once."""
        for _, node in nodes.walk((effective or {}).get("tree") or ()):
            for target in _targets(node):
                self._add(target, nodes.place(node))

    def _add(self, target: str, place: str) -> None:
        socket = _UNIX.search(target)
        if socket:
            path = socket.group("path")
            if _DYNAMIC.search(path):
                self._note(f"the socket {path} at {place} depends on the request: it cannot be made reachable")
            elif path not in self.sockets:
                self.sockets.append(path)
            return
        url = _URL.match(target)
        if not url or url.group("scheme").lower() not in PORTS or not url.group("host"):
            return
        scheme, host, port = url.group("scheme").lower(), url.group("host").strip("[]"), url.group("port") or ""
        if _DYNAMIC.search(host) or (port and not port.isdigit()):
            self._note(f"the server of {target} at {place} depends on the request: it cannot be made reachable")
            return
        number = int(port) if port else PORTS[scheme]
        if 0 < number < 65536 and not any((one["name"], one["port"]) == (host, number) for one in self.servers):
            self.servers.append({"name": host, "port": number, "scheme": scheme, "place": place})

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


def _targets(node: Json) -> Iterator[str]:
    args = [str(arg) for arg in node.get("args") or ()]
    name = node["name"]
    if name in ("proxypass", "proxypassmatch"):
        yield from (arg for arg in args[:2] if arg != "!")
    elif name == "balancermember":
        # Inside <Proxy balancer://x> without the balancer's name, elsewhere with it.
        yield from (arg for arg in args[:2] if not arg.lower().startswith("balancer:"))
    elif name == "rewriterule" and len(args) > 2:
        if any(flag.strip().lower() in ("p", "proxy") for flag in args[2].strip("[]").split(",")):
            yield args[1]
    elif name in ("sethandler", "addhandler") and args and args[0].lower().startswith("proxy:"):
        yield args[0][len("proxy:") :]
    elif name in _ASKS:
        yield from args
    elif name in _CACHES:
        yield from _cache(args)


def _cache(args: list[str]) -> Iterator[str]:
    """The servers of a shared object cache: memcache:host:port,host:port, or memcache host:port."""
    texts = args[1:] if len(args) > 1 and args[0].lower() in ("memcache", "redis") else args
    kind = args[0].partition(":")[0].lower() if args else ""
    for text in texts:
        match = _LIST.match(text)
        servers = match.group("servers") if match else text
        if kind in ("memcache", "redis"):
            yield from (f"{kind}://{server}" for server in servers.split(","))
