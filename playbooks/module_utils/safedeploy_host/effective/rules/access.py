"""Lines that open more than they seem to, or answer with something else."""

from __future__ import annotations

import re

from ...later import regex
from ..nodes import named, walk
from ..raised import Raised

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ..host import Host

    Json = dict[str, Any]

# One word that looks like a document: with a space, or without an ending, it may well be meant as a text.
_DOCUMENT = regex(r"[\w.-]+(?:/[\w.-]+)*\.(?:s?html?|php|cgi|txt|json|xml)", re.IGNORECASE)


def mixed_requirements(effective: Json, host: Host) -> Iterator[Raised]:  # noqa: ARG001 -- every rule is called alike
    """`Require all granted` beside other Require lines: one of them is enough, so the others protect nothing."""
    for scope, section in [((), {"children": effective["tree"], "name": ""}), *walk(effective["tree"])]:
        if section["name"] in ("requireall", "requirenone", "limit", "limitexcept"):
            continue
        lines = [node for node in section["children"] or () if node["name"] == "require"]
        granted = [node for node in lines if [word.lower() for word in node["args"]] == ["all", "granted"]]
        for node in lines if granted else ():
            words = [word.lower() for word in node["args"]]
            if words[:1] and words[:1] != ["all"] and words[0] != "not":
                yield Raised(
                    "protection-without-effect",
                    "This Require protects nothing: `Require all granted` stands beside it, and one of them is enough",
                    node=node,
                    scope=(*scope, section) if section["name"] else (),
                    remedy="Remove `Require all granted` here, or put both into <RequireAll>",
                    # A line that comes to stand beside it takes the protection away as well.
                    on_old_line="error",
                )


def document_as_text(effective: Json, host: Host) -> Iterator[Raised]:  # noqa: ARG001 -- as above
    """ErrorDocument with a path that has no leading slash: httpd sends the words themselves."""
    for scope, node in named(effective["tree"], "errordocument"):
        words = node["args"]
        if len(words) == 2 and "://" not in words[1] and _DOCUMENT.fullmatch(words[1]) and '"' not in node["raw"]:
            yield Raised(
                "error-document-as-text",
                f"Clients will read the text {words[1]}: an ErrorDocument is a document only with a leading slash",
                node=node,
                scope=scope,
                remedy=f"Write ErrorDocument {words[0]} /{words[1]}",
            )


def open_forward_proxy(effective: Json, host: Host) -> Iterator[Raised]:  # noqa: ARG001 -- as above
    """`ProxyRequests On` where nothing limits who may use it."""
    limited = False
    for scope, section in named(effective["tree"], "proxy", "proxymatch"):
        for _, node in walk(section["children"] or (), (*scope, section)):
            words = [word.lower() for word in node["args"]]
            if node["name"] in ("require", "deny", "authtype") and words != ["all", "granted"]:
                limited = True
    for scope, node in named(effective["tree"], "proxyrequests"):
        if [word.lower() for word in node["args"]] == ["on"] and not limited:
            yield Raised(
                "open-proxy",
                "ProxyRequests On makes this server a forward proxy for everybody who reaches it",
                node=node,
                scope=scope,
                remedy="Remove it: ProxyPass does not need it. A forward proxy needs <Proxy *> with Require",
            )
