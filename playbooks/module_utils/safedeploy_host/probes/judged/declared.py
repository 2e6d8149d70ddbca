"""What a push declares of its requests: which declaration is about a probe, what it allows, whether it is met."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit, urlunsplit

from ..elided import digested
from . import found

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

    from .case import Case
    from .found import Found

    Json = dict[str, Any]

# Questions about the server rather than about a page: a declaration for all URLs below a prefix is not about them.
_APART = ("decoy", "envelope", "open-proxy", "crowd")
_GONE = (404, 410)
_PORTS = {"http": 80, "https": 443}


def about(case: Case, expectations: Sequence[Json]) -> Json | None:
    """The declaration for a probe: the one for exactly its URL, else the one for the longest beginning of it."""
    url, method = _normal(case.probe["url"]), case.probe.get("method") or "GET"
    best: Json | None = None
    for one in expectations:
        if (one.get("method") or "GET") != method:
            continue
        if one["url"].endswith("*"):
            begins = url.startswith(_normal(one["url"][:-1]))
            longer = best is None or len(one["url"]) > len(best["url"])
            if begins and longer and case.why not in _APART:
                best = one
        elif _normal(one["url"]) == url and not case.probe.get("absolute"):
            return one
    return best


def unmet(case: Case, one: Json) -> str | None:
    """What of the declaration the candidate does not do, or None."""
    answer = case.candidate
    if one.get("any"):
        return None
    if answer["status"] is None:
        return f"no answer: {answer['why']}"
    statuses = list(_GONE) if one.get("gone") else _list(one.get("status"))
    if statuses and answer["status"] not in statuses:
        return f"{answer['status']}, declared {' or '.join(map(str, statuses))}"
    return _location(case, one) or _text(answer, one) or _headers(answer, one)


def excused(case: Case, one: Json) -> set[str]:
    """The kinds of differences that a declaration which is met speaks of; "all" for whatever there may be."""
    if one.get("any") or one.get("gone") or one.get("location"):
        return {"all"}
    kinds = set()
    if one.get("status") and case.live["status"] != case.candidate["status"]:
        return {"all"}
    if one.get("body") or one.get("absent"):
        kinds |= {"other-content", "other-site", "content-type", "new-site", "unstable", "pushed"}
    if one.get("headers"):
        kinds |= {"header-lost", "header", "content-type"}
    return kinds


def failed(one: Json, why: str) -> Found:
    """The verdict on a declaration that is not met."""
    wanted = [
        f"{key} {_shown(one[key])}" for key in ("status", "location", "body", "absent", "headers") if one.get(key)
    ]
    return found.regression("declared-unmet", before=f"declared: {', '.join(wanted) or 'gone'}"[:160], after=why[:160])


def _location(case: Case, one: Json) -> str | None:
    wanted = one.get("location")
    if not wanted:
        return None
    location = case.candidate["headers"].get("location")
    if location is None:
        return f"{case.candidate['status']} without a redirect"
    url = case.probe["url"]
    if urljoin(url, digested(wanted)) == urljoin(url, location):
        return None
    return f"redirects to {_path_of(location)}"


def _text(answer: Json, one: Json) -> str | None:
    if one.get("body") and one["body"] not in answer["found"]:
        return "the body has not the declared text"
    if one.get("absent") and one["absent"] in answer["found"]:
        return "the body has the text that is declared absent"
    return None


def _headers(answer: Json, one: Json) -> str | None:
    for name, pattern in (one.get("headers") or {}).items():
        value = answer["headers"].get(name.lower())
        if pattern is None and value is not None:
            return f"header {name} is there"
        if pattern is not None and (value is None or not re.search(pattern, value)):
            return f"no header {name}" if value is None else f"header {name} does not match"
    return None


def _normal(url: str) -> str:
    """A URL without its default port and fragment, the host in lower case, the root's slash there."""
    parts = urlsplit(url)
    host = (parts.netloc.rpartition("@")[2]).lower()
    name, colon, port = host.rpartition(":")
    if colon and port.isdigit() and int(port) == _PORTS.get(parts.scheme):
        host = name
    return urlunsplit((parts.scheme.lower(), host, parts.path or ("/" if host else ""), parts.query, ""))


def _list(status: object) -> list[int]:
    if status is None:
        return []
    return [status] if isinstance(status, int) else [int(one) for one in status]  # type: ignore[attr-defined]


def _path_of(location: str) -> str:
    return location.partition("?")[0][:120]


def _shown(value: object) -> str:
    if isinstance(value, list):
        return " or ".join(map(str, value))
    return ", ".join(value) if isinstance(value, dict) else str(value).partition("?")[0]
