"""Where the virtual hosts of a configuration send a browser, from one redirect to the next. Pure.

Only what is known for every visitor is followed: rules and redirects outside of sections, at virtual hosts of any
address. Everything else ends the way.
Source: https://httpd.apache.org/docs/2.4/mod/mod_alias.html, https://httpd.apache.org/docs/2.4/vhosts/details.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from safedeploy.lint.patterns import compiled
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.paths import pattern
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rewrite_match import Known, UnknownError, applies, expanded
from safedeploy.lint.rewriting import Rewrite, rewrites, switched_off
from safedeploy.lint.servers import Server, servers

PORTS = {"http": 80, "https": 443}
MOST = 8
REDIRECTS = ("redirect", "redirectpermanent", "redirecttemp", "redirectmatch")
_WORDS = {"permanent", "temp", "seeother", "gone"}


@dataclass(frozen=True, kw_only=True)
class Url:
    """An address of which all parts are known."""

    scheme: str
    name: str
    port: int
    path: str

    def __str__(self) -> str:
        port = "" if PORTS.get(self.scheme) == self.port else f":{self.port}"
        return f"{self.scheme}://{self.name}{port}{self.path}"


@dataclass(frozen=True, kw_only=True)
class Redirect:
    """A Redirect or RedirectMatch outside of sections; `target` is None where it only refuses."""

    statement: Statement
    path: str
    target: str | None

    def applied(self, path: str) -> str | None:
        """Where a path leads; None when this is not for it."""
        target = self.target or ""
        if self.statement.key != "redirectmatch":
            whole = self.path if self.path.endswith("/") else f"{self.path}/"
            return target + path[len(self.path) :] if path == self.path or path.startswith(whole) else None
        wanted = compiled(self.path)
        if wanted is None:
            raise UnknownError
        match = wanted.search(path)
        if match is None:
            return None
        return re.sub(r"\$(\d)", lambda one: _group(match, int(one[1])), target)


@dataclass(kw_only=True)
class _Port:
    """The virtual hosts at one port. `known` is False where an address or a condition decides among them too."""

    known: bool = True
    every: list[Server] = field(default_factory=list)
    exact: dict[str, int] = field(default_factory=dict)
    wildcards: list[tuple[int, re.Pattern[str]]] = field(default_factory=list)

    def add(self, server: Server, *, known: bool) -> None:
        number, host = len(self.every), server.host
        self.every.append(server)
        self.known = self.known and known and host is not None and host.active is True
        for name in () if host is None else (host.name or "", *host.aliases):
            if "*" in name or "?" in name:
                self.wildcards.append((number, pattern(name, hidden=True)))
            elif name:
                self.exact.setdefault(name, number)

    def answering(self, name: str) -> Server:
        """The first that has the name, or the first of all."""
        last = len(self.every)
        number = self.exact.get(name, last)
        number = next((one for one, wanted in self.wildcards if one < number and wanted.fullmatch(name)), number)
        return self.every[number if number < last else 0]


@dataclass(kw_only=True)
class Ways:
    """The virtual hosts, to follow redirects among them."""

    configuration: Configuration

    def __post_init__(self) -> None:
        self._servers = tuple(one for one in servers(self.configuration) if one.host is not None)
        self._at: dict[int, _Port] = {}
        self._open = False
        for server in self._servers:
            for address in () if server.host is None else server.host.addresses:
                if address.port is None:
                    self._open = True
                else:
                    self._at.setdefault(address.port, _Port()).add(server, known=address.host == "*")

    def loops(self, begin: Url) -> tuple[Statement, list[Url]] | None:
        """The redirect that begins a way without end, and the first steps of it."""
        way, first, url = [begin], None, begin
        try:
            for _ in range(MOST):
                server = self.answering(url)
                found = None if server is None else answer(server, url)
                if found is None:
                    return None
                first = first or found[0]
                url = found[1]
                way.append(url)
                if url in way[:-1]:
                    return first, way
        except UnknownError:
            return None
        return (first, way) if first is not None and len({one.path for one in way}) == len(way) else None

    def beginnings(self) -> Iterator[Url]:
        """A page of no file at each site, and one below each path that is redirected."""
        for server in self._servers:
            host = server.host
            if host is None or host.name is None or not host.statement.certain or set("*?${/") & set(host.name):
                continue
            paths = {
                "/page",
                *(f"{one.path.rstrip('/')}/page" for one in redirects(server) if one.path.startswith("/")),
            }
            for address in host.addresses:
                if address.host == "*" and address.port is not None:
                    scheme = "https" if _has_tls(server, address.port) else "http"
                    for path in sorted(paths):
                        yield Url(scheme=scheme, name=host.name, port=address.port, path=path)

    def answering(self, url: Url) -> Server | None:
        """The virtual host for an address; None where there is none, or it is not certain which."""
        here = self._at.get(url.port)
        if self._open or here is None or not here.known:
            return None
        chosen = here.answering(url.name)
        return chosen if _has_tls(chosen, url.port) is (url.scheme == "https") else None


def redirects(server: Server) -> tuple[Redirect, ...]:
    """The redirects of a server outside of sections, in the order in which httpd tries them."""
    found = []
    for each in server.named(*REDIRECTS):
        words = list(each.arguments)
        status = words.pop(0).lower() if words and (words[0].lower() in _WORDS or words[0].isdigit()) else "temp"
        if not words or not each.certain or not each.active:
            continue
        refuses = status == "gone" or (status.isdigit() and not status.startswith("3"))
        target = None if refuses or len(words) < 2 else words[1]
        found.append(Redirect(statement=each, path=words[0], target=target))
    own = [each for each in found if each.statement.context.host is not None]
    return (*own, *(each for each in found if each.statement.context.host is None))


def answer(server: Server, url: Url) -> tuple[Statement, Url] | None:
    """The redirect that a server answers with; None for every other answer. Raises UnknownError."""
    for rule in () if switched_off(server.statements) else _rules(server):
        known = _known(url)
        caught = applies(rule, url.path, known)
        if caught is None:
            continue
        if rule.refuses or "p" in rule.flags:
            return None
        if rule.leaves:
            return rule.statement, _led(expanded(rule.substitution, caught, known).partition("?")[0], url)
        if rule.substitution != "-" or {"c", "n", "s", "pt"} & set(rule.flags):
            raise UnknownError
        if {"l", "end"} & set(rule.flags):
            break
    if _is_passed_on(server, url.path):
        return None
    for redirect in redirects(server):
        target = redirect.applied(url.path)
        if target is not None:
            return None if redirect.target is None else (redirect.statement, _led(target.partition("?")[0], url))
    return None


def _rules(server: Server) -> tuple[Rewrite, ...]:
    if not any(each.argument.lower() == "on" for each in server.named("rewriteengine")):
        return ()
    if any(each.key == "rewriteoptions" for each in server.statements):
        raise UnknownError
    return rewrites(each for each in server.own if not each.context.inner)[0]


def _known(url: Url) -> Known:
    return Known(
        values={
            "HTTP_HOST": url.name if PORTS.get(url.scheme) == url.port else f"{url.name}:{url.port}",
            "SERVER_PORT": str(url.port),
            "HTTPS": "on" if url.scheme == "https" else "off",
            "REQUEST_SCHEME": url.scheme,
            "REQUEST_URI": url.path,
            "QUERY_STRING": "",
        }
    )


def _is_passed_on(server: Server, path: str) -> bool:
    """Whether another server or a program may answer for a path before the redirects are looked at."""
    for each in server.statements:
        if each.active is False or each.key not in ("proxypass", "proxypassmatch", "jkmount", "wsgiscriptalias"):
            continue
        location = each.context.within("location")
        place = location.arguments[0] if location is not None and location.arguments else each.argument
        if each.key == "proxypassmatch" or path.startswith(place.rstrip("/*") or "/"):
            return True
    return False


def _led(target: str, url: Url) -> Url:
    match = re.fullmatch(r"(https?)://([^/:]+)(?::(\d+))?(/.*)?", target, re.IGNORECASE)
    if match is not None and "${" not in target:
        scheme = match[1].lower()
        port = int(match[3]) if match[3] else PORTS[scheme]
        return Url(scheme=scheme, name=match[2].lower(), port=port, path=match[4] or "/")
    if not target.startswith("/"):
        raise UnknownError
    return Url(scheme=url.scheme, name=url.name, port=url.port, path=target)


def _has_tls(server: Server, port: int) -> bool:
    said = [each for each in server.named("sslengine") if each.active]
    return said[-1].argument.lower() != "off" if said else port == PORTS["https"]


def _group(match: re.Match[str], number: int) -> str:
    return match[number] or "" if number <= (match.re.groups or 0) else ""
