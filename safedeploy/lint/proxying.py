"""What of a server is passed on to others: the directives that do it, each with path and target. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Enclosing, Statement

EXCLUDED = "!"
_URL = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<host>\[[^]]*\]|[^/:?|]*)(:(?P<port>\d+))?", re.IGNORECASE)
_WHOLE = ("^", "^/", "/", ".*", "^.*", "^.*$", "^/.*", "^/.*$", "(.*)", "^(.*)", "^(.*)$", "^/(.*)", "^/(.*)$")
_SETTING = re.compile(r"[A-Za-z]\w*=")


@dataclass(frozen=True, kw_only=True)
class Pass:
    """One ProxyPass or ProxyPassMatch.

    `path` is the beginning of the addresses that it is for, None where that is a pattern which is not for all of them.
    `target` is a URL, or EXCLUDED; `settings` is what follows it (`timeout=30`, `nocanon`).
    """

    statement: Statement
    path: str | None
    target: str
    settings: tuple[str, ...]

    @property
    def server(self) -> Enclosing | None:
        """The virtual host that has it; None: the main server."""
        return self.statement.context.host

    @property
    def in_location(self) -> bool:
        """Whether it stands in a section; httpd looks at these apart from the others."""
        return bool(self.statement.context.inner)

    def takes(self, path: str) -> bool:
        """Whether it is for every address that begins with `path`."""
        if self.path is None:
            return False
        own = self.path
        return own in ("/", path) or path.startswith(own if own.endswith("/") else f"{own}/")


def passes(configuration: Configuration) -> Iterator[Pass]:
    """Each that is certain, in the order in which httpd looks at them within one server."""
    for statement in configuration.named("ProxyPass", "ProxyPassMatch"):
        found = _pass(statement) if statement.certain and not _is_interpolated(statement) else None
        if found is not None:
            yield found


def _pass(statement: Statement) -> Pass | None:
    words = statement.arguments
    location = statement.context.within("location", "locationmatch")
    if location is not None:
        pattern = location.key == "locationmatch" or location.arguments[:1] == ("~",)
        words = (location.arguments[-1] if location.arguments else "", *words)
    else:
        pattern = statement.key == "proxypassmatch"
    if len(words) < 2:
        return None
    path: str | None = words[0]
    if pattern:
        path = "/" if path in _WHOLE else None
    elif not words[0].startswith("/"):
        return None
    return Pass(statement=statement, path=path, target=words[1], settings=words[2:])


def _is_interpolated(statement: Statement) -> bool:
    return any(word.lower() == "interpolate" or word.lower().startswith("mapping=") for word in statement.arguments)


def targets(configuration: Configuration) -> Iterator[tuple[Statement, str]]:
    """Everything that passes requests on, with the URL: ProxyPass, SetHandler "proxy:...", RewriteRule with P."""
    for one in passes(configuration):
        if one.target != EXCLUDED:
            yield one.statement, one.target
    for statement in configuration.named("SetHandler"):
        name = statement.argument
        if statement.certain and name.lower().startswith("proxy:"):
            yield statement, name[len("proxy:") :]
    for statement in configuration.named("RewriteRule"):
        if statement.certain and len(statement.arguments) > 2 and _proxies(statement.arguments[2]):
            yield statement, statement.arguments[1]
    for statement in configuration.named("BalancerMember"):
        words = [word for word in statement.arguments if not _SETTING.match(word)]
        outside = statement.context.within("proxy") is None
        if statement.certain and len(words) > outside:
            yield statement, words[int(outside)]


def _proxies(flags: str) -> bool:
    return any(flag.strip().lower() in ("p", "proxy") for flag in flags.strip("[]").split(","))


def scheme_of(target: str) -> str | None:
    """The scheme of a target in lower case; of a Unix socket that of what is spoken over it. None: not known."""
    match = _URL.match(target.split("|", 1)[1] if target.lower().startswith("unix:") and "|" in target else target)
    return match["scheme"].lower() if match and "$" not in match["scheme"] and "%" not in match["scheme"] else None


def host_of(target: str) -> str | None:
    """The name in a target (of a host, or of a balancer) in lower case; None where it is not known."""
    match = _URL.match(target)
    return match["host"].lower() if match and match["host"] and not {"$", "%"} & set(match["host"]) else None


def socket_of(target: str) -> str | None:
    """The path of a Unix socket; None where there is none or it is not known."""
    if not target.lower().startswith("unix:") or "|" not in target:
        return None
    path = target[len("unix:") :].split("|", 1)[0]
    return path if path.startswith("/") and not {"$", "%"} & set(path) else None
