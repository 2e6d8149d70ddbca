"""The effective configuration of a site as one document: what httpd says of it, joined with what only its files say."""

from __future__ import annotations

from .. import dumps, startup
from ..context import warnings_in
from ..directives import Directive, Reader
from ..listeners import listeners
from . import asked, files, parsed
from .nodes import value
from .reads import reads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Json = dict[str, Any]


def read(site: Json) -> Json:
    """The Effective of the site's configuration as it lies there. Never raises for what httpd says of it.

    `ok`, `output`, `warnings`; `modules`, `defines`, `includes`, `run`; `mpm`, `pid_file`, `error_log`, `fixed`,
    `listen`, `envvars` (startup.py); `vhosts` in httpd's order; `tree` and its `source`, "httpd" or "files"; `reads`.
    """
    reader = Reader(site)
    directives = list(reader.directives())
    answer = asked.ask(site, directives, reader)
    applying = [directive for directive in directives if directive.applies(answer.modules, answer.defines)]
    tree = parsed.tree(answer.tree) if answer.tree else files.tree(applying, reader)
    listen = listeners([_directive(node) for node in tree], reader)
    ports = [{"host": one.host, "port": one.port, "secure": one.secure} for one in listen]
    found: Json = {
        "ok": answer.ok,
        "output": answer.text,
        "warnings": warnings_in(answer.text),
        "modules": answer.modules,
        "defines": answer.defines,
        "includes": dumps.includes(answer.text),
        "run": dumps.run_cfg(answer.text) if answer.ok else {},
        **startup.values(site, answer.text, answer.modules, ok=answer.ok),
        "fixed": startup.fixed((_directive(node) for node in tree), reader),
        "listen": ports,
        "vhosts": _virtual_hosts(answer.text if answer.ok else "", tree, ports),
        "tree": tree,
        "source": "httpd" if answer.tree else "files",
        "reads": reads(directives, reader, answer.modules, answer.defines),
    }
    copy = site.get("copied_to")
    return _without(copy, found) if copy else found


def _directive(node: Json) -> Directive:
    directive = Directive(node["name"], node["args"], (node["file"], node["line"]))
    directive.raw = node["raw"]
    return directive


def _virtual_hosts(text: str, tree: list[Json], ports: list[Json]) -> list[Json]:
    """The virtual hosts of a DUMP_VHOSTS. Aliases are the tree's: the dump leaves out those of a host that is alone."""
    sections = {(node["file"], node["line"]): node for node in tree if node["name"] == "virtualhost"}
    found: list[Json] = []
    for host in dumps.virtual_hosts(text):
        section = sections.get((host.file, host.line))
        inside = section["children"] if section else []
        aliases = [name for node in inside if node["name"] == "serveralias" for name in node["args"]]
        before = found[-1] if found else None
        alike = before is not None and (before["address"], before["port"]) == (host.address, host.port)
        found.append(
            {
                "address": host.address,
                "port": host.port,
                "name": host.name,
                "aliases": aliases or host.aliases,
                "file": host.file,
                "line": host.line,
                "default": not alike,
                "tls": _speaks_tls(inside, tree, host.port, ports),
            }
        )
    return found


def _speaks_tls(inside: list[Json], tree: list[Json], port: int, ports: list[Json]) -> bool:
    """What SSLEngine says, or else, as of 2.4.42, the protocol of the port."""
    engine = value(inside, "sslengine") or value(tree, "sslengine")
    if engine is not None and engine["args"]:
        return bool(engine["args"][0].lower() != "off")
    return any(one["secure"] for one in ports if one["port"] == port) if port else False


def _without(copy: str, value: Any) -> Any:
    """The document of a copied tree with the real paths."""
    if isinstance(value, str):
        return value.replace(copy, "")
    if isinstance(value, list):
        return [_without(copy, one) for one in value]
    if isinstance(value, dict):
        return {key: _without(copy, one) for key, one in value.items()}
    return value
