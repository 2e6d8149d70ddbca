"""Questions from the access logs: a sample of what was asked of the live server lately, by the clients that asked it.

GET and HEAD only. Each request comes from the address of its client, so that access rules judge it as in reality.
"""

from __future__ import annotations

import os
import re
from urllib.parse import quote, unquote

from . import addresses, clients, handlers, log_files, log_routes
from .log_format import Parser
from .log_routes import Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator, Mapping

    from .places import Place

    Json = dict[str, Any]

CLIENTS = 16
_LONGEST = 2048
_LONGEST_LINE = 8192
_REQUEST = re.compile(r"^(GET|HEAD) (/\S*)(?: HTTP/\d(?:\.\d)?)?$")
# All that may stand in the target of a request (RFC 3986), and the percent sign itself.
_TARGET = "/:@!$&'()*+,;=-._~?%[]"
_HEADERS = ("accept", "accept-language", "origin", "user-agent", "x-forwarded-host", "x-forwarded-port",
            "x-forwarded-proto", "x-forwarded-ssl", "x-requested-with")  # fmt: skip
_HEADER_LENGTH = 256
_DECIDING = ("request", "method", "path", "query", "status", "server", "port", "name", "header:host")
_REDIRECTS = (301, 302, 303, 307, 308)


class Sample:
    """The sample of a plan. After `questions`, `notes` say what could not be read and what is not asked again."""

    def __init__(self, found: list[Place], changes: Mapping[str, Json]) -> None:
        self.notes: list[str] = []
        self._changes = changes
        self._places = {place.key: place for place in found}
        self._clients: set[str] = set()
        self._refused = 0

    def questions(self, server_root: str, most: int) -> Iterator[Json]:
        """At most `most` probes; relative paths of logs are below `server_root`."""
        if most <= 0:
            return
        hosts = {id(host): host for place in self._places.values() for host in place.live()}
        logs, notes = log_files.logs(hosts.values(), server_root)
        self.notes += notes
        requests: list[Request] = []
        for log in logs:
            requests += self._requests(log, min(log_files.TAIL, log_files.TOTAL // len(logs)))
        if self._refused:
            self.notes.append(f"{self._refused} logged requests hold credentials or look like acts: not made again")
        for request in log_routes.choose(requests, most):
            place = self._places[request.site]
            path = _file(place, request.target)
            if (self._changes.get(path or "") or {}).get("kind") != "absent":
                yield self._question(request, place, path)

    def _requests(self, log: log_files.LogFile, size: int) -> Iterator[Request]:
        parsers = [parser for parser in map(Parser, log.formats) if parser.tells_requests]
        if not parsers:
            self.notes.append(f"the format of {log.path} does not say what was asked for")
            return
        writers = [place for place in self._places.values() if any(host in log.hosts for host in place.live())]
        told = _Told(writers)
        for line in log_files.tail(log.path, size):
            if len(line) > _LONGEST_LINE:
                continue
            facts = next((found for found in (parser.read(line) for parser in parsers) if found), None)
            request = told.request(facts) if facts else None
            if request is None:
                continue
            if log_routes.repeatable(request.target):
                yield request
            else:
                self._refused += 1

    def _question(self, request: Request, place: Place, path: str | None) -> Json:
        facts = request.facts
        address, source, headers = self._client(facts, place)
        for name in _HEADERS:
            value = facts.get(f"header:{name}", "")
            if value and len(value) <= _HEADER_LENGTH and value.isascii() and value.isprintable():
                headers[name] = value
        # A client that anybody could be is not worth a word.
        told = {} if source == place.source else {"from": source}
        more = {"method": request.method, "headers": headers, "name": _name(facts, place), "file": path}
        rank = min(2, len(self._clients) // CLIENTS)
        return place.ask("log", request.target, address=address, source=source, rank=rank, **more, **told)

    def _client(self, facts: Json, place: Place) -> tuple[str, str | None, dict[str, str]]:
        """Where to ask, from where, and the headers that tell the client to httpd when a proxy stands before it."""
        client = clients.literal(facts.get("client") or facts.get("host"))
        headers: dict[str, str] = {}
        proxy = next((found for found in map(clients.behind_proxy, place.live()) if found), None)
        if client and proxy:
            headers[proxy[0]] = client
            client = clients.literal(facts.get("peer")) or proxy[1]
        if client is None:
            return place.address, place.source, headers
        if addresses.client_for(client) is None:
            # The host itself asks over the loopback.
            local = addresses.LOOPBACK if ":" not in client else "::1"
            return (local, None, headers) if place.anywhere else (place.address, place.source, headers)
        address = next((one for one in place.at if (":" in one) == (":" in client)), None)
        if address is None or (client not in self._clients and len(self._clients) >= CLIENTS):
            return place.address, place.source, headers
        self._clients.add(client)
        return address, client, headers


class _Told:
    """What the lines of one log tell, to which these sites write. The same is mostly asked again and again."""

    def __init__(self, writers: list[Place]) -> None:
        self._writers = writers
        self._known: dict[tuple[str | None, ...], tuple[str, str, str, int] | None] = {}

    def request(self, facts: Json) -> Request | None:
        """The request of one line; None for what is not asked again anyway."""
        key = tuple(map(facts.get, _DECIDING))
        if key not in self._known:
            self._known[key] = _read(facts, self._writers)
        known = self._known[key]
        return Request(*known, facts) if known else None


def _read(facts: Json, writers: Iterable[Place]) -> tuple[str, str, str, int] | None:
    """(site, method, target, status), by _DECIDING alone."""
    if "request" in facts:
        match = _REQUEST.match(facts["request"])
        if not match:
            return None
        method, target = match.groups()
    else:
        method, target = facts.get("method", "GET"), quote(facts.get("path", ""), safe="/", encoding="latin-1")
        target += facts.get("query", "")
    target = quote(target, safe=_TARGET, encoding="latin-1")
    status = facts.get("status", "")
    if method not in ("GET", "HEAD") or not target.startswith("/") or len(target) > _LONGEST or not status.isdigit():
        return None
    place = _place(facts, list(writers), int(status))
    return (place.key, method, target, int(status)) if place else None


def _place(facts: Json, writers: list[Place], status: int) -> Place | None:
    """Whose request it was, of the sites that write to the log."""
    server, port, name = facts.get("server", "").lower(), facts.get("port", ""), _host(facts)
    for narrowed in (
        [place for place in writers if place.name.lower() == server],
        [place for place in writers if str(place.port) == port],
        [place for place in writers if name in (place.name.lower(), *(alias.lower() for alias in place.aliases))],
    ):
        writers = [place for place in writers if place in narrowed] or writers
    # What nothing tells apart: a plain port mostly redirects to the one that speaks TLS.
    plain = status in _REDIRECTS
    return next((place for place in writers if place.tls != plain), writers[0] if writers else None)


def _host(facts: Json) -> str:
    text = str(facts.get("header:host") or facts.get("name") or "").lower()
    return text.partition("]")[0] + "]" if text.startswith("[") else text.partition(":")[0]


def _name(facts: Json, place: Place) -> str:
    """The name to ask by: the one that was asked for if it is one of the site's."""
    name = _host(facts)
    return name if name in [alias.lower() for alias in place.aliases] else place.name


def _file(place: Place, target: str) -> str | None:
    """The file that a target most likely is; None when there is none, or when it is a script."""
    path = unquote(target.partition("?")[0])
    if "\0" in path or "/../" in path:
        return None
    matching = [content for content in place.contents() if path.startswith(content.prefix)]
    for content in sorted(matching, key=lambda one: -len(one.prefix)):
        found = os.path.join(os.path.normpath(content.directory), path[len(content.prefix) :].lstrip("/"))
        if handlers.is_script(found, content, handlers.extensions(place)):
            return None
        return found if os.path.isfile(found) else None
    return None
