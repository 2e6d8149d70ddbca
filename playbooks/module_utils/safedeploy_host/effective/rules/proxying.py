"""ProxyPass lines that cannot work: a target without its slash, without its module, or without TLS switched on."""

from __future__ import annotations

import re

from ...later import regex
from ..nodes import named, walk
from ..raised import WARNING, Raised
from ..servers import servers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ..host import Host

    Json = dict[str, Any]

_BARE = regex(r"(?:https?|wss?|ajp|h2c?|fcgi|scgi|uwsgi)://[^/|\s]+", re.IGNORECASE)
_ASKING = ("proxypass", "proxypassmatch", "rewriterule", "sethandler")
_SCHEME = regex(r"(?:proxy:)?(?:unix:[^|]*\|)?([a-z][a-z0-9]*):", re.IGNORECASE)
_MODULES = {
    "http": ("proxy_http_module",),
    "https": ("proxy_http_module",),
    "ws": ("proxy_wstunnel_module", "proxy_http_module"),
    "wss": ("proxy_wstunnel_module", "proxy_http_module"),
    "fcgi": ("proxy_fcgi_module",),
    "scgi": ("proxy_scgi_module",),
    "uwsgi": ("proxy_uwsgi_module",),
    "ajp": ("proxy_ajp_module",),
    "h2": ("proxy_http2_module",),
    "h2c": ("proxy_http2_module",),
    "ftp": ("proxy_ftp_module",),
    "balancer": ("proxy_balancer_module",),
}


def slash(effective: Json, host: Host) -> Iterator[Raised]:  # noqa: ARG001 -- every rule is called alike
    """`ProxyPass /x/ http://backend`: what follows /x/ becomes part of the backend's name or port."""
    for scope, node in named(effective["tree"], "proxypass"):
        words = node["args"]
        path = words[0] if words and words[0].startswith("/") else _location(scope)
        target = words[1] if words and words[0].startswith("/") and len(words) > 1 else (words or [""])[0]
        if path.endswith("/") and _BARE.fullmatch(target) and "$" not in target:
            yield Raised(
                "proxy-slash",
                f"{path} ends with a slash and {target} does not: {path}page is asked for as {target}page",
                node=node,
                scope=scope,
                remedy=f"Write {target}/",
            )


def scheme(effective: Json, host: Host) -> Iterator[Raised]:  # noqa: ARG001 -- as above
    """A target whose protocol no loaded module speaks: every request is answered with 500."""
    loaded = set(effective["modules"])
    for scope, node in walk(effective["tree"]):
        protocol = _protocol(node)
        modules = _MODULES.get(protocol, ())
        if loaded and modules and not loaded.intersection(modules):
            yield Raised(
                "proxy-module-missing",
                f"No loaded module speaks {protocol} to a backend ({modules[0]}): such requests are answered with 500",
                node=node,
                scope=scope,
                remedy=f"Load {modules[0]}",
            )


def tls(effective: Json, host: Host) -> Iterator[Raised]:  # noqa: ARG001 -- as above
    """A target with https where SSLProxyEngine is nowhere on."""
    sections = [node for _, node in named(effective["tree"], "proxy", "proxymatch")]
    switched = any(node["name"] == "sslproxyengine" for section in sections for node in section["children"] or ())
    for server in servers(effective):
        if switched or server.on("sslproxyengine"):
            continue
        for scope, node in walk([one for one in server.inside if one["name"] != "virtualhost"]):
            if _protocol(node) in ("https", "wss") and node["name"] != "balancermember":
                yield Raised(
                    "proxy-tls-off",
                    "This backend is to be asked over TLS, but SSLProxyEngine is not on: such requests are answered"
                    " with 500",
                    node=node,
                    scope=(*server.scope, *scope),
                    remedy="Add `SSLProxyEngine On`",
                )


def reverse(effective: Json, host: Host) -> Iterator[Raised]:  # noqa: ARG001 -- as above
    """ProxyPassReverse for a backend that no line of the same server asks: its redirects name the backend."""
    for server in servers(effective)[1:]:
        nodes = [node for _, node in walk(server.inside)]
        targets = [word for node in nodes if node["name"] in _ASKING for word in node["args"]]
        backends = {match.group(0).lower() for word in targets for match in _BARE.finditer(word)}
        for scope, node in named(server.inside, "proxypassreverse"):
            match = _BARE.match(node["args"][-1]) if node["args"] else None
            if match and backends and match.group(0).lower() not in backends:
                yield Raised(
                    "proxy-reverse",
                    f"This ProxyPassReverse is for {match.group(0)}, where no ProxyPass of {server.name} leads",
                    node=node,
                    scope=(*server.scope, *scope),
                    remedy="Give it the target of the ProxyPass",
                    severity=WARNING,
                )


def _protocol(node: Json) -> str:
    words = node["args"]
    target = ""
    if node["name"] in ("proxypass", "proxypassmatch") and words:
        target = words[1] if len(words) > 1 and words[0][0] in "/^(." else words[0]
    elif node["name"] == "balancermember" and words:
        target = words[1] if len(words) > 1 and words[0].startswith("balancer:") else words[0]
    elif node["name"] == "sethandler" and words and words[0].startswith("proxy:"):
        target = words[0]
    elif node["name"] == "rewriterule" and len(words) > 2 and "P" in words[-1].strip("[]").replace(" ", "").split(","):
        target = words[1]
    match = _SCHEME.match(target)
    return match.group(1).lower() if match else ""


def _location(scope: tuple[Json, ...]) -> str:
    section = scope[-1] if scope else None
    inside = section is not None and section["name"] == "location" and len(section["args"]) == 1
    return str(section["args"][0]) if section is not None and inside else ""
