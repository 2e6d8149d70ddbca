"""Which requests are alike, which may be made again, and a choice of them. Pure.

Alike are requests for the same site whose paths differ in what looks like an identifier. Not made again: what holds
credentials in its address, and what looks like an act, although it was a GET.
"""

from __future__ import annotations

import functools
import os
import re
from urllib.parse import unquote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Sequence, Tuple

    Json = dict[str, Any]
    Key = Tuple[str, ...]

_IDENTIFIER = re.compile(
    r"^(?:\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{17,}|(?=[0-9a-f]*\d)[0-9a-f]{8,}|(?=\D*\d)[\w~-]{20,}|\d{4}-\d\d(?:-\d\d)?)$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{2,}")
_SECRET = re.compile(
    r"(?:^|[_.-])(?:token|key|api_?key|secret|pass|passwd|password|pwd|auth|sig|signature|hmac|session|sess|sid|code|jwt|"
    r"credentials?|ticket|nonce|otp|pin|hash|state|assertion|saml\w*|access|refresh|bearer|oauth\w*|x-amz-\w+|email|mail|"
    r"phpsessid|jsessionid)(?:$|[_.-])",
    re.IGNORECASE,
)
_ACT = re.compile(
    r"(?<![a-z])(?:log-?_?out|log-?_?off|sign-?_?out|unsubscribe|delete|remove|destroy|cancel|confirm|activate|verify|"
    r"reset|purge|erase|revoke|wp-cron|cron|shutdown|reboot|approve|accept|checkout|pay|vote|add-?_?to)(?![a-z])",
    re.IGNORECASE,
)
_LONG_VALUE = 64
_ALIKE = 3
_FAILED = 400


class Request:
    """One logged request: whose it is (`site`), its `target`, `status`, and what else the line told (`facts`)."""

    def __init__(self, site: str, method: str, target: str, status: int, facts: Json) -> None:
        self.site = site
        self.method = method
        self.target = target
        self.status = status
        self.facts = facts


class Route:
    """Requests that are alike: how many, the place of the latest in the log, and the latest itself."""

    def __init__(self, request: Request, number: int) -> None:
        self.request = request
        self.count = 1
        self.latest = number


@functools.lru_cache(maxsize=4096)
def repeatable(target: str) -> bool:
    """Whether a request for this target may be made again: it holds no credentials and asks for no act."""
    path, _, query = target.partition("?")
    if _ACT.search(unquote(target)):
        return False
    pairs = [pair.partition("=") for part in query.split("&") for pair in part.split(";") if pair]
    pairs += [piece.partition("=") for piece in path.split(";")[1:]]
    return not any(_SECRET.search(unquote(name)) or len(value) >= _LONG_VALUE for name, _, value in pairs)


@functools.lru_cache(maxsize=4096)
def folded(target: str) -> str:
    """The path with identifiers folded, and the names of the query's parameters."""
    path, _, query = target.partition("?")
    parts = [_fold(part) for part in unquote(path).split("/")]
    names = sorted({pair.partition("=")[0] for pair in query.split("&") if pair})
    return "/".join(parts) + ("?" + "&".join(names) if names else "")


def _fold(part: str) -> str:
    stem, extension = os.path.splitext(part)
    return ("#" if _IDENTIFIER.match(stem) else _NUMBER.sub("#", stem)) + extension.lower()


def choose(requests: Iterable[Request], most: int) -> list[Request]:
    """At most `most` requests, oldest given first: one for each route, in turn over sites; those that failed are few.

    Within a site the most frequent and the latest take turns, and at most three come from one directory and extension.
    """
    known: dict[Key, Route] = {}
    for number, request in enumerate(requests):
        key = (request.site, request.method, folded(request.target), str(request.status))
        route = known.get(key)
        if route is None:
            known[key] = Route(request, number)
        else:
            route.request, route.latest, route.count = request, number, route.count + 1
    fine = [route for route in known.values() if route.request.status < _FAILED]
    failed = [route for route in known.values() if route.request.status >= _FAILED]
    chosen = _in_turn(fine, most - min(len(failed), max(1, most // 8)) if most > 1 else most)
    return [route.request for route in [*chosen, *_in_turn(failed, min(most - len(chosen), max(1, most // 8)))]]


def _in_turn(routes: Sequence[Route], most: int) -> list[Route]:
    sites: dict[str, list[Route]] = {}
    for route in routes:
        sites.setdefault(route.request.site, []).append(route)
    queues = [_thinned(_ordered(found)) for found in sites.values()]
    chosen: list[Route] = []
    while len(chosen) < most and any(queues):
        for queue in queues:
            if queue and len(chosen) < most:
                chosen.append(queue.pop(0))
    return chosen


def _ordered(routes: list[Route]) -> list[Route]:
    frequent = sorted(routes, key=lambda route: (-route.count, -route.latest))
    latest = sorted(routes, key=lambda route: -route.latest)
    mixed = [route for pair in zip(frequent, latest) for route in pair]
    return list(dict.fromkeys(mixed))


def _thinned(routes: Iterable[Route]) -> list[Route]:
    seen: dict[tuple[str, str], int] = {}
    kept = []
    for route in routes:
        directory, name = os.path.split(route.request.target.partition("?")[0])
        alike = (directory, os.path.splitext(name)[1].lower())
        seen[alike] = seen.get(alike, 0) + 1
        if seen[alike] <= _ALIKE:
            kept.append(route)
    return kept
