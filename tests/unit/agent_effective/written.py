"""An Effective from plain text, as httpd would give it for a configuration without includes and variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from safedeploy_host.effective import parsed

if TYPE_CHECKING:
    Json = dict[str, Any]
FILE = "/etc/httpd/main.conf"
MODULES = ("mpm_event_module", "rewrite_module", "headers_module", "ssl_module", "proxy_module", "proxy_http_module")


def written(text: str, *, file: str = FILE, modules: tuple[str, ...] = MODULES) -> Json:
    tree = _tree(text, file)
    listen = [_port(node["args"][0]) for node in tree if node["name"] == "listen"] or [_port("80")]
    return {
        "ok": True,
        "output": "",
        "warnings": [],
        "modules": list(modules),
        "defines": [],
        "includes": [file],
        "run": {"ServerRoot": "/etc/httpd", "User": "www", "Group": "www"},
        "mpm": modules[0],
        "pid_file": "/run/httpd.pid",
        "error_log": "/var/log/error.log",
        "fixed": {},
        "envvars": None,
        "listen": listen,
        "vhosts": _virtual_hosts(tree),
        "tree": tree,
        "source": "httpd",
        "reads": {"includes": [], "conditions": [], "left_out": []},
    }


def _port(text: str) -> Json:
    host, _, port = text.rpartition(":")
    return {"host": host or "*", "port": int(port), "secure": port == "443"}


def _tree(text: str, file: str) -> list[Json]:
    found: list[Json] = []
    inside = [found]
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip().startswith("</"):
            inside.pop()
        elif line.strip():
            node = parsed.of_line(line, (file, number))
            inside[-1].append(node)
            if node["children"] is not None:
                inside.append(node["children"])
    return found


def _virtual_hosts(tree: list[Json]) -> list[Json]:
    groups: dict[tuple[str, int], list[Json]] = {}
    for node in tree:
        if node["name"] != "virtualhost":
            continue
        inside = {one["name"]: one["args"] for one in node["children"]}
        for word in node["args"]:
            address, _, port = word.rpartition(":")
            at = (address, 0 if port == "*" else int(port))
            host = {
                "address": address,
                "port": at[1],
                "name": (inside.get("servername") or ["main.test"])[0],
                "aliases": inside.get("serveralias") or [],
                "file": node["file"],
                "line": node["line"],
                "default": at not in groups,
                "tls": (inside.get("sslengine") or ["off"])[0] == "on" or (at[1] == 443 and "sslengine" not in inside),
            }
            groups.setdefault(at, []).append(host)
    return [host for hosts in groups.values() for host in hosts]
