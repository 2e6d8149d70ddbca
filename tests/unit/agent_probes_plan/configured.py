"""Effective documents from configuration text, and plans made of them, for tests that read like configurations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from safedeploy_host.effective import parsed
from safedeploy_host.probes import addresses
from safedeploy_host.probes.plan import plan

if TYPE_CHECKING:
    Json = dict[str, Any]
SITE = {"server_root": "/etc/apache2", "httpd": {"address": "127.0.0.1"}}
NONCE = "sdtestnonce"


def effective(text: str, file: str = "/etc/apache2/site.conf") -> Json:
    """What `effective` reads of one file with this text; every <VirtualHost> has a ServerName."""
    tree: list[Json] = []
    stack = [tree]
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        if line.startswith("</"):
            stack.pop()
        elif line:
            node = parsed.of_line(line, (file, number))
            stack[-1].append(node)
            if node["children"] is not None:
                stack.append(node["children"])
    listen = [_listener(node) for node in tree if node["name"] == "listen"] or [_listen("*", 80)]
    return {"ok": True, "tree": tree, "listen": listen, "vhosts": list(_hosts(tree, listen)), "run": {}}


def asked(live: str | None, candidate: str | None = None, changes: Json | None = None, **request: Any) -> list[Json]:
    """The probes of the plan for two configurations; the candidate is as live when it is not given."""
    return planned(live, candidate, changes, **request)["probes"]


def planned(live: str | None, candidate: str | None = None, changes: Json | None = None, **request: Any) -> Json:
    before = None if live is None else effective(live)
    after = before if candidate is None else effective(candidate)
    return plan(SITE, before, after, changes or {}, request, nonce=NONCE)


def urls(probes: list[Json], *why: str) -> list[str]:
    return [one["url"] for one in probes if not why or one["why"] in why]


def paths(probes: list[Json], *why: str) -> list[str]:
    return [urlsplit(url).path for url in urls(probes, *why)]


def vhost(body: str, name: str = "www.example.test", address: str = "*:80") -> str:
    return f"<VirtualHost {address}>\nServerName {name}\n{body}\n</VirtualHost>\n"


def at(*hosts: str) -> Any:
    """The addresses of this host, for monkeypatch."""
    return {"own": lambda: list(hosts), "primary": lambda _own: hosts[0]}


def set_addresses(monkeypatch: Any, *hosts: str) -> None:
    for name, value in at(*hosts).items():
        monkeypatch.setattr(addresses, name, value)


def file(size: int = 3) -> Json:
    return {"kind": "file", "sha256": "0" * 64, "size": size, "mode": "0644", "owner": "root", "group": "root"}


def _hosts(tree: list[Json], listen: list[Json]) -> Iterator[Json]:
    for node in tree:
        if node["name"] != "virtualhost":
            continue
        children = {child["name"]: child for child in node["children"]}
        for text in node["args"]:
            address, _, port = text.rpartition(":")
            engine = children.get("sslengine")
            secure = any(one["secure"] for one in listen if one["port"] == int(port))
            yield {
                "address": address.strip("[]"),
                "port": int(port),
                "name": children["servername"]["args"][0],
                "aliases": children.get("serveralias", {"args": []})["args"],
                "file": node["file"],
                "line": node["line"],
                "tls": engine["args"][0].lower() == "on" if engine else secure,
            }


def _listener(node: Json) -> Json:
    host, _, port = node["args"][0].rpartition(":")
    return _listen(host.strip("[]") or "*", int(port), secure=node["args"][1:] == ["https"] or port == "443")


def _listen(host: str, port: int, *, secure: bool = False) -> Json:
    return {"host": host, "port": port, "secure": secure}
