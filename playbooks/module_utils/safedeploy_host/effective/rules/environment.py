"""Environment variables that are tested while nothing sets them.

A name one or two edits away from one that is set is a slip of the pen. What modules, .htaccess files and applications
set is not known here, so anything else is only worth a warning. Names are compared without case, as httpd does.
"""

from __future__ import annotations

import re

from ...later import regex
from ..nodes import virtual_host, walk
from ..raised import ERROR, WARNING, Raised
from ..similar import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ..host import Host

    Json = dict[str, Any]

# What httpd and its modules set or take by themselves.
_KNOWN = regex(
    r"(?:https?|http2|h2|ssl|tls|redirect|remote|server|script|request|document|context|query|path|gateway|content"
    r"|geoip|mm|maxmind|proxy|balancer|ajp|jk|cgi|fcgi|php|perl|wsgi|authenticate|authorize|auth|oidc|mellon|shib"
    r"|cache|vary|session|filter|force|no|nokeepalive|gzip|brotli|downgrade|suppress|redirect|dont|unique|is|mod|modsec"
    r"|ratelimit|rate|tz)(?:[-_].*)?",
    re.IGNORECASE,
)
_SETTERS = ("setenvif", "setenvifnocase", "browsermatch", "browsermatchnocase", "setenvifexpr")
_FLAGS = regex(r"^\[(.*)\]$")
_FROM_RULES = regex(r"setenv:'?!?(\w[\w.-]*)")
_TESTED = regex(r"%\{ENV:(\w[\w.-]*)\}")
_IN_EXPRESSION = regex(r"(?:%\{(?:reqenv|ENV):(\w[\w.-]*)\}|\b(?:reqenv|env)\(\s*['\"](\w[\w.-]*)['\"]\s*\))")


def never_set(effective: Json, host: Host) -> Iterator[Raised]:  # noqa: ARG001 -- every rule is called alike
    """A test of a variable that nothing around it sets."""
    setters = [(virtual_host(scope), name) for scope, node in walk(effective["tree"]) for name in _set_by(node)]
    for scope, node in walk(effective["tree"]):
        ours = virtual_host(scope)
        # A line of the main server counts for all virtual hosts.
        visible = {name for where, name in setters if ours is None or where is None or where is ours}
        known = {name.lower() for name in visible}
        for name in dict.fromkeys(_tested_by(node)):
            meant = nearest(name, visible)
            if name.lower() in known or (meant is None and _KNOWN.fullmatch(name)):
                continue
            what = f"The variable {name} is tested here, and nothing sets it"
            yield Raised(
                "variable-never-set",
                f"{what}; {meant} is set" if meant else what,
                node=node,
                scope=scope,
                remedy=f"Write {meant}" if meant else f"Set {name} where this line can see it, or remove the test",
                severity=ERROR if meant else WARNING,
            )


def _set_by(node: Json) -> Iterator[str]:
    name, args = node["name"], node["args"]
    if name == "setenv":
        yield from args[:1]
    elif name == "passenv":
        yield from args
    elif name in _SETTERS:
        skip = 2 if name.startswith("setenvif") and name != "setenvifexpr" else 1
        yield from (word.lstrip("!").partition("=")[0] for word in args[skip:])
    elif name == "rewriterule" and len(args) > 2:
        match = _FLAGS.match(args[-1])
        for flag in match.group(1).split(",") if match else ():
            key, _, value = flag.strip().partition("=")
            if key.lower() in ("e", "env"):
                yield value.lstrip("!").partition(":")[0]
    elif name in ("secrule", "secaction"):
        yield from _FROM_RULES.findall(node["raw"])


def _tested_by(node: Json) -> Iterator[str]:
    name, args = node["name"], node["args"]
    if name in ("header", "requestheader", "customlog", "allow", "deny"):
        for word in args[1:]:
            if word.lower().startswith("env="):
                yield word[len("env=") :].lstrip("!")
    if name == "require" and [word.lower() for word in args[:1]] == ["env"]:
        yield from args[1:]
    if name == "rewritecond":
        yield from _TESTED.findall(node["raw"])
    if name in ("if", "elseif") or "expr=" in node["raw"] or (name == "require" and args[:1] == ["expr"]):
        for first, second in _IN_EXPRESSION.findall(node["raw"]):
            yield first or second
