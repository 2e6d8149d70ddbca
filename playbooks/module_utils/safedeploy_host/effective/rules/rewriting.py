"""Rewrite rules that can never do what they say, by where they stand.

In a virtual host the pattern sees the whole URL path, which begins with a slash; inside <Directory> the directory is
taken off it, so it never does (measured on httpd 2.4.71, and documented in mod_rewrite). A test of REQUEST_FILENAME in
a virtual host comes before any file is known: it tests the URL path.
"""

from __future__ import annotations

from .. import regexes
from ..nodes import named
from ..raised import WARNING, Raised
from ..servers import servers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ..host import Host
    from ..nodes import Scope

    Json = dict[str, Any]

_FILE_TESTS = ("-f", "-d", "-s", "-F", "-l", "-L", "-h", "-x")


def engine_off(effective: Json, host: Host) -> Iterator[Raised]:  # noqa: ARG001 -- every rule is called alike
    """A RewriteRule in a virtual host where nothing has ever switched the engine on."""
    for server in servers(effective)[1:]:
        if server.setting("rewriteengine") is None:
            for node in server.own("rewriterule"):
                yield Raised(
                    "rewrite-engine-off",
                    f"This RewriteRule has no effect: the rewrite engine is not on in {server.name}",
                    node=node,
                    scope=server.scope,
                    remedy="Add `RewriteEngine On` to this virtual host",
                )
    engines = [node for scope, node in named(effective["tree"], "rewriteengine") if _per_directory(scope)]
    if not engines:
        for scope, node in named(effective["tree"], "rewriterule"):
            if _per_directory(scope):
                yield Raised(
                    "rewrite-engine-off",
                    "This RewriteRule has no effect: the rewrite engine is on in no <Directory> or <Location>",
                    node=node,
                    scope=scope,
                    remedy="Add `RewriteEngine On` to this section",
                )


def never_matches(effective: Json, host: Host) -> Iterator[Raised]:  # noqa: ARG001 -- as above
    """A pattern that cannot match what is matched against it there."""
    for scope, node in named(effective["tree"], "rewriterule"):
        pattern = node["args"][0] if node["args"] else ""
        if pattern.startswith("!"):
            continue
        sections = [part["name"] for part in scope if part["name"] != "virtualhost"]
        if not sections and not _forward_proxy(effective) and regexes.never_begins_with(pattern, "/"):
            yield _dead(scope, node, "URL paths begin with a slash here", f"Write the pattern as ^/{pattern[1:]}")
        elif sections == ["directory"] and regexes.always_begins_with(pattern, "/"):
            remedy = f"Write the pattern as {pattern.replace('/', '', 1)}, or put the rule into the virtual host itself"
            yield _dead(scope, node, "inside <Directory> the path has no leading slash", remedy)


def file_tests(effective: Json, host: Host) -> Iterator[Raised]:
    """RewriteCond %{REQUEST_FILENAME} -f and the like in a virtual host that serves files."""
    for server in servers(effective):
        root = server.setting("documentroot")
        serves = bool(root and root["args"] and host.names_in(root["args"][0]))
        for node in server.own("rewritecond"):
            args = node["args"]
            if len(args) < 2 or args[0] not in ("%{REQUEST_FILENAME}", "%{SCRIPT_FILENAME}"):
                continue
            test = args[1].lstrip("!")
            if test in _FILE_TESTS:
                always = "true" if args[1].startswith("!") else "false"
                yield Raised(
                    "rewrite-file-test",
                    f"In a virtual host {args[0]} is still the URL path, not a file: this condition is practically"
                    f" always {always}",
                    node=node,
                    scope=server.scope,
                    remedy=f"Test %{{DOCUMENT_ROOT}}{args[0]}, or put the rules into the <Directory> of the documents",
                    severity="error" if serves else WARNING,
                )


def _dead(scope: Scope, node: Json, why: str, remedy: str) -> Raised:
    text = f"The pattern {node['args'][0]} can never match: {why}"
    return Raised("rewrite-never-matches", text, node=node, scope=scope, remedy=remedy)


def _per_directory(scope: Scope) -> bool:
    return any(part["name"] != "virtualhost" for part in scope)


def _forward_proxy(effective: Json) -> bool:
    """Whether whole URLs are matched as well."""
    return any(
        node["args"][:1] and node["args"][0].lower() == "on" for _, node in named(effective["tree"], "proxyrequests")
    )
