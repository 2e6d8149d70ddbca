"""Paths that the configuration names and the host does not have.

A path may come later than the configuration, so that is a warning; an error only where a directory beside it has
almost the same name, where a site that was there is led away from its documents, and for the files of passwords and
groups, without which httpd answers every login with 500.
"""

from __future__ import annotations

import os

from ...later import regex
from ..nodes import named
from ..raised import ERROR, WARNING, Raised
from ..servers import servers
from ..similar import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ..host import Host
    from ..nodes import Scope

    Json = dict[str, Any]

_LOGINS = {"authuserfile": "file of passwords", "authgroupfile": "file of groups"}
_SOCKET = regex(r"unix:(/[^|\s\"]+)")


def paths(effective: Json, host: Host) -> Iterator[Raised]:
    """DocumentRoot, Alias, ScriptAlias, files of logins, and UNIX sockets of backends that are not there."""
    known = list(_named(effective))
    for scope, node, path, what in known:
        there = host.is_socket(path) if what == "socket" else host.exists(path)
        if there or "%" in path or "$" in path:
            continue
        near = _near(path, host)
        # What another line leads to is another thing with a similar name.
        if near and any(_holds(near, other) for _, _, other, _ in known):
            near = None
        yield Raised(
            "path-missing",
            f"The {what} {path} does not exist" + (f"; {near} does" if near else ""),
            node=node,
            scope=scope,
            remedy=f"Write {near}" if near else f"Make the {what}, or correct the path",
            severity=ERROR if near or what in _LOGINS.values() else WARNING,
        )


def _named(effective: Json) -> Iterator[tuple[Scope, Json, str, str]]:
    for server in servers(effective):
        # A main server that answers nothing often keeps the root that it was compiled with.
        for node in server.own("documentroot") if server.node else ():
            if node["args"]:
                yield server.scope, node, node["args"][0], "document root"
    for scope, node in named(effective["tree"], "alias", "scriptalias"):
        if len(node["args"]) == 2:
            yield scope, node, node["args"][1], "target of this alias"
    root = str(effective["run"].get("ServerRoot") or "/")
    for scope, node in named(effective["tree"], *_LOGINS):
        if node["args"]:
            yield scope, node, os.path.join(root, node["args"][0]), _LOGINS[node["name"]]
    for scope, node in named(
        effective["tree"], "proxypass", "proxypassmatch", "sethandler", "balancermember", "rewriterule"
    ):
        for path in _SOCKET.findall(node["raw"]):
            yield scope, node, path, "socket"


def _holds(directory: str, path: str) -> bool:
    return (path.rstrip("/") + "/").startswith(directory.rstrip("/") + "/")


def _near(path: str, host: Host) -> str | None:
    """An existing path that differs from this one in one part's slip of the pen."""
    there, missing = path.rstrip("/"), ""
    while there not in ("", "/") and not host.exists(there):
        there, part = os.path.split(there)
        missing = f"{part}/{missing}" if missing else part
    first, _, rest = missing.partition("/")
    near = nearest(first, host.names_in(there)) if there.count("/") and first else None
    if near is None:
        return None
    found = os.path.join(there, near, rest) if rest else os.path.join(there, near)
    return found if host.exists(found) else None
