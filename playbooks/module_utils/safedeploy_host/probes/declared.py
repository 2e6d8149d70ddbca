"""Questions that somebody asked for: the policy's health checks, and what a push is declared to change."""

from __future__ import annotations

from urllib.parse import urlsplit

from . import addresses, question

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Sequence

    from .places import Place

    Json = dict[str, Any]


def health(checks: Sequence[Json], site: Json) -> Iterator[Json]:
    """The health checks, from this host itself, as they are made on the real server."""
    for check in checks:
        address = check.get("address") or site.get("httpd", {}).get("address") or addresses.LOOPBACK
        if _local(check["url"]) and addresses.literal(address):
            yield question.probe("health", check["url"], address, method=_method(check), place="", live_too=True)


def expectations(expected: Sequence[Json], found: Sequence[Place], first_address: str) -> Iterator[Json]:
    """The declared changes that name one URL."""
    for one in expected:
        url = str(one.get("url") or "")
        if not _local(url) or url.endswith("*"):
            continue
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        address = next((place.address for place in found if place.port == port), first_address)
        headers = dict(one.get("request_headers") or {})
        source = addresses.client_for(address)
        yield question.probe("declared", url, address, source, method=_method(one), headers=headers, place="")


def _method(one: Json) -> str:
    method = str(one.get("method") or "GET").upper()
    return method if method in ("GET", "HEAD", "OPTIONS") else "GET"


def _local(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
