"""Lines that protect nothing, because a backend answers: <Directory> and LimitRequestBody where all is proxied.

Measured on httpd 2.4.71: neither has any effect on a request that ProxyPass takes.
"""

from __future__ import annotations

from ..nodes import named, walk
from ..raised import ERROR, WARNING, Raised
from ..servers import Server, servers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ..host import Host

    Json = dict[str, Any]

_PROGRAMS = ("scriptalias", "scriptaliasmatch", "sethandler", "addhandler", "wsgiscriptalias", "dav")
_ACCESS = ("require", "deny", "authtype", "requireall", "requireany")


def body_limit(effective: Json, host: Host) -> Iterator[Raised]:  # noqa: ARG001 -- every rule is called alike
    """LimitRequestBody in a virtual host, or a location, that is proxied as a whole."""
    for server in servers(effective):
        whole = _everything(server)
        for scope, node in named(server.inside, "limitrequestbody"):
            section = scope[-1] if scope else None
            if node["args"][:1] == ["0"]:
                continue
            inside = section is not None and section["name"] == "location"
            if (section is None and server.node and whole) or (inside and _location(server, section, whole=whole)):
                yield Raised(
                    "limit-without-effect",
                    "LimitRequestBody does not count for requests that go to a backend, and here all of them do",
                    node=node,
                    scope=(*server.scope, *scope),
                    remedy="Limit the size in the backend, or refuse by `Require expr` on the Content-Length header",
                    severity=WARNING if _runs_programs(server) else ERROR,
                )


def directories(effective: Json, host: Host) -> Iterator[Raised]:  # noqa: ARG001 -- as above
    """Access control by <Directory> in a virtual host that serves no file."""
    for server in servers(effective)[1:]:
        if not _everything(server) or any(_is_exception(node) for node in server.own("proxypass")):
            continue
        for node in server.own("directory"):
            inner = [one for _, one in walk(node["children"] or ()) if one["name"] in _ACCESS]
            real = [one for one in inner if [word.lower() for word in one["args"]] != ["all", "granted"]]
            for one in real[:1]:
                yield Raised(
                    "protection-without-effect",
                    f"<Directory {node['raw']}> protects nothing here: {server.name} sends every request to a backend",
                    node=one,
                    scope=(*server.scope, node),
                    remedy="Use <Location> or <Proxy> for what a backend answers",
                )


def _everything(server: Server) -> bool:
    """Whether a backend answers all of its paths, but for those that are left out on purpose."""
    for node in server.own("proxypass"):
        if node["args"][:1] == ["/"] and not _is_exception(node):
            return True
    return any(node["args"] == ["/"] and _target(node) for node in server.own("location"))


def _location(server: Server, section: Json | None, *, whole: bool) -> bool:
    if section is None or len(section["args"]) != 1:
        return False
    path = section["args"][0]
    if _target(section):
        return True
    # The first that holds the whole location decides.
    for node in server.own("proxypass"):
        if len(node["args"]) > 1 and covers(node["args"][0], path):
            return not _is_exception(node)
    return whole and not any(node["args"][:1] == ["/"] for node in server.own("proxypass"))


def _target(section: Json) -> bool:
    lines = [node for node in section["children"] or () if node["name"] == "proxypass"]
    return bool(lines) and lines[-1]["args"][:1] not in ([], ["!"])


def _runs_programs(server: Server) -> bool:
    """Whether what is not proxied may take bodies: scripts and handlers."""
    return any(node["name"] in _PROGRAMS for _, node in walk(server.inside))


def _is_exception(node: Json) -> bool:
    return bool(node["args"][1:2] == ["!"])


def covers(prefix: str, path: str) -> bool:
    """Whether a ProxyPass, Alias or Redirect for `prefix` takes everything at and below `path` (mod_alias' rule)."""
    if prefix.endswith("/"):
        return path.startswith(prefix)
    return path == prefix or path.startswith(prefix + "/")
