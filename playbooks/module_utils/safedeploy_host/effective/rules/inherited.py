"""Lines of the main server that virtual hosts do not inherit, where virtual hosts answer every request.

Measured on httpd 2.4.71: RewriteRule and RewriteMap (without RewriteOptions Inherit) and AllowEncodedSlashes have no
effect there; RewriteEngine itself is inherited.
"""

from __future__ import annotations

from ...later import regex
from ..nodes import squeezed
from ..raised import Raised
from ..servers import Server, all_covered, servers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ..host import Host

    Json = dict[str, Any]

_MAP = regex(r"\$\{(\w+):")


def rewriting(effective: Json, host: Host) -> Iterator[Raised]:  # noqa: ARG001 -- every rule is called alike
    """A RewriteRule in the main server that nothing inherits and nobody repeats."""
    main, *virtual = servers(effective)
    if not all_covered(effective) or any(_inherits(main, server) for server in virtual):
        return
    for node in main.own("rewriterule"):
        if not any(squeezed(node) == squeezed(other) for server in virtual for other in server.own("rewriterule")):
            yield Raised(
                "not-inherited",
                "This RewriteRule stands in the main server, but virtual hosts answer on every port and do not inherit"
                " it: it has no effect",
                node=node,
                remedy="Set `RewriteOptions InheritDown` beside it, or put the rule into the virtual hosts",
            )


def encoded_slashes(effective: Json, host: Host) -> Iterator[Raised]:  # noqa: ARG001 -- as above
    """AllowEncodedSlashes in the main server, and in no virtual host."""
    main, *virtual = servers(effective)
    own = [server for server in virtual if any(server.own("allowencodedslashes"))]
    if not all_covered(effective) or own:
        return
    for node in main.own("allowencodedslashes"):
        if [word.lower() for word in node["args"]] != ["off"]:
            yield Raised(
                "not-inherited",
                "AllowEncodedSlashes stands in the main server, but virtual hosts answer on every port and do not"
                " inherit it: it has no effect",
                node=node,
                remedy="Put it into each virtual host that needs it",
            )


def maps(effective: Json, host: Host) -> Iterator[Raised]:  # noqa: ARG001 -- as above
    """A rule in a virtual host that uses a RewriteMap of the main server: the lookup gives an empty text."""
    main, *virtual = servers(effective)
    theirs = {node["args"][0] for node in main.own("rewritemap") if node["args"]}
    for server in virtual:
        if _inherits(main, server):
            continue
        own = {node["args"][0] for node in server.own("rewritemap") if node["args"]}
        for node in server.own("rewriterule", "rewritecond"):
            for name in sorted(set(_MAP.findall(node["raw"])) & (theirs - own)):
                yield Raised(
                    "not-inherited",
                    f"The RewriteMap {name} is the main server's, and {server.name} does not inherit it: the lookup"
                    " always gives an empty text",
                    node=node,
                    scope=server.scope,
                    remedy=f"Put the RewriteMap {name} into this virtual host, or set `RewriteOptions Inherit` in it",
                )


def _inherits(main: Server, server: Server) -> bool:
    own = _options(server)
    return bool(own & {"inherit", "inheritbefore"}) or (
        bool(_options(main) & {"inheritdown", "inheritdownbefore"}) and "ignoreinherit" not in own
    )


def _options(server: Server) -> set[str]:
    return {word.lower() for node in server.own("rewriteoptions") for word in node["args"]}
