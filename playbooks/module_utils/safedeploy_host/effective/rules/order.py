"""Aliases, redirects and proxied paths that an earlier line takes whole, so that they never come to act.

A request goes through RewriteRule, ProxyPass, Redirect and Alias in that order, each list from its top; the first that
matches has it (measured on httpd 2.4.71). ProxyPass with `!` hands it on to Redirect and Alias. Only lines of the same
server are compared: what a main server offers to all is often meant to give way.
"""

from __future__ import annotations

from .. import regexes
from ..raised import ERROR, WARNING, Raised
from ..servers import Server, servers
from .proxied import covers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ..host import Host

    Json = dict[str, Any]

_PROXY, _REDIRECT, _ALIAS = "proxypass", "redirect", "alias"
_KIND = {
    "proxypass": _PROXY, "proxypassmatch": _PROXY, "redirect": _REDIRECT, "redirectmatch": _REDIRECT,
    "redirectpermanent": _REDIRECT, "redirecttemp": _REDIRECT, "alias": _ALIAS, "aliasmatch": _ALIAS,
    "scriptalias": _ALIAS, "scriptaliasmatch": _ALIAS,
}  # fmt: skip
_STATUS_WORDS = ("permanent", "temp", "seeother", "gone")
_FINAL_FLAGS = ("F", "G", "FORBIDDEN", "GONE", "P", "PROXY")
# Where certificates are renewed and the like: nobody lays such a path beside one that swallows it on purpose.
_WELL_KNOWN = "/.well-known/"


class Line:
    """One of them: `path` is its URL prefix (empty for a pattern), `target` where it leads, "!" for nowhere."""

    def __init__(self, node: Json) -> None:
        self.node = node
        self.kind = _KIND[node["name"]]
        words = list(node["args"])
        if self.kind == _REDIRECT and words and (words[0].lower() in _STATUS_WORDS or words[0].isdigit()):
            words = words[1:]
        self.first = words[0] if words else ""
        self.target = words[1] if len(words) > 1 else ""
        self.path = "" if node["name"].endswith("match") else self.first

    def takes(self, path: str) -> bool:
        """Whether it takes everything at and below a path."""
        if self.path:
            return covers(self.path, path)
        pattern = regexes.compiled(self.first) if self.first else None
        ending = "" if path.endswith("/") else "/"
        return bool(pattern) and all(
            pattern.search(path + more) for more in ("", f"{ending}zq7x", f"{ending}zq7x/kv9w.qqz") if pattern
        )

    def leads_alike(self, later: Line) -> bool:
        """Whether it does for the later line's path just what that line would do."""
        return bool(self.path) and self.target + later.path[len(self.path) :] == later.target


def covered(effective: Json, host: Host) -> Iterator[Raised]:  # noqa: ARG001 -- every rule is called alike
    """A line that another one of the same server takes whole."""
    for server in servers(effective):
        rewritten = list(_rewritten(server))
        lines = [Line(node) for node in server.own(*_KIND)]
        for line in lines:
            taken_by = _taker(line, lines, rewritten, server) if line.path.startswith("/") else None
            if taken_by is not None:
                yield _raised(line, taken_by, server)


def _taker(line: Line, lines: list[Line], rewritten: list[Json], server: Server) -> Json | None:
    for rule in rewritten:
        pattern = regexes.compiled(rule["args"][0])
        if pattern and all(pattern.search(line.path.rstrip("/") + more) for more in ("/", "/zq7x", "/zq7x/kv9w.qqz")):
            return rule
    if line.kind != _PROXY:
        section = _proxied_location(line.path, server)
        if section is not None:
            return section
    for earlier in lines:
        if earlier is line:
            break
        if earlier.kind == _PROXY and line.kind == _PROXY and earlier.takes(line.path):
            return None if earlier.leads_alike(line) else earlier.node
    if line.kind == _PROXY:
        return None
    first = next((one for one in lines if one.kind == _PROXY and one.takes(line.path)), None)
    if first is not None and first.target != "!":
        return first.node
    return _earlier(line, lines)


def _earlier(line: Line, lines: list[Line]) -> Json | None:
    """The redirect or alias that takes it: any redirect comes before an alias, else the order counts."""
    before = lines[: lines.index(line)]
    if line.kind == _ALIAS:
        before = [one for one in lines if one.kind == _REDIRECT] + [one for one in before if one.kind == _ALIAS]
    for one in before:
        if one.kind in (_REDIRECT, line.kind) and one.takes(line.path):
            return None if one.kind == line.kind and one.leads_alike(line) else one.node
    return None


def _proxied_location(path: str, server: Server) -> Json | None:
    """The ProxyPass inside the most specific <Location> that holds the path; its line counts before all others."""
    found: tuple[int, Json] | None = None
    for section in server.own("location"):
        inner = [node for node in section["children"] or () if node["name"] == _PROXY]
        if inner and len(section["args"]) == 1 and covers(section["args"][0].rstrip("/") or "/", path):
            length = len(section["args"][0])
            if found is None or length >= found[0]:
                found = (length, inner[-1])
    return None if found is None or found[1]["args"][:1] == ["!"] else found[1]


def _rewritten(server: Server) -> Iterator[Json]:
    """The unconditional rules that end a request: by a redirect to elsewhere, a refusal or a backend."""
    if not server.on("rewriteengine"):
        return
    conditional = False
    for node in server.own("rewritecond", "rewriterule"):
        if node["name"] == "rewritecond":
            conditional = True
            continue
        words = node["args"]
        flags = [flag.strip().upper() for flag in words[2].strip("[]").split(",")] if len(words) > 2 else []
        final = any(flag in _FINAL_FLAGS or flag.partition("=")[0] in ("R", "REDIRECT") for flag in flags)
        if not final and words[1:2] == ["-"] and any(flag in ("L", "END", "LAST") for flag in flags):
            # `RewriteRule ^/x - [L]` lets a path through; what comes after it is not sure to be reached.
            return
        if final and not conditional and not words[0].startswith("!"):
            yield node
        conditional = False


def _raised(line: Line, taken_by: Json, server: Server) -> Raised:
    what = "exception" if line.target == "!" else "line"
    spoken = "ProxyPass" if taken_by["name"] == _PROXY else taken_by["name"]
    text = (
        f"This {what} for {line.path} has no effect: {spoken} on line {taken_by['line']} takes the whole path before it"
    )
    precious = line.target == "!" or line.path.startswith(_WELL_KNOWN)
    # A site that is redirected as a whole often keeps its other lines, which do no harm.
    idle = line.kind == _ALIAS and taken_by["name"].startswith(("redirect", "rewrite")) and not precious
    return Raised(
        "line-without-effect",
        text,
        node=line.node,
        scope=server.scope,
        remedy="Put it before that line, or leave the path out there",
        severity=WARNING if idle else ERROR,
        on_old_line=ERROR if precious else WARNING,
    )
