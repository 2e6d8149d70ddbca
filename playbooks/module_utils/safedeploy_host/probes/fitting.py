"""Fits questions to what stands around httpd: a proxy in front, and the host as a client of its own. Pure."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from . import clients

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator

    from .places import Place

    Json = dict[str, Any]
    Texts = Iterable[tuple[str, str, str]]

_CONTENT = frozenset(["name", "htaccess", "pushed", "proxied", "location", "alias", "file", "directory"])
# What is asked of the real server too: only what visitors ask anyway.
_ORDINARY = _CONTENT | {"health", "log"}


def as_through_proxy(asked: list[Json], found: list[Place], texts: Texts) -> Iterator[Json]:
    """The questions, those to a site that looks at X-Forwarded-Proto as from a client that came to the proxy by TLS.

    Without it such a site answers each of them with the same redirect. Its start page is asked both ways.
    """
    read: dict[str, list[str]] = {}
    for key, _, text in texts:
        read.setdefault(key, []).append(text)
    headers = {place.key: clients.forwarded(_text(place, read.get(place.key, []))) for place in found}
    for one in asked:
        more = headers.get(one.get("place", ""))
        if not more or one["why"] not in _CONTENT or urlsplit(one["url"]).scheme == "https":
            yield one
            continue
        if one["why"] == "name":
            yield one
        yield {**one, "headers": {**one["headers"], **more}}


def _text(place: Place, texts: Iterable[str]) -> str:
    configured = [node.get("raw") or "" for _, host in place.hosts for _, node in host.inside]
    return "\n".join([*configured, *texts])


class Real:
    """Which questions have the same answer when the host itself asks them of the real server."""

    def __init__(self, found: list[Place], texts: Texts) -> None:
        self._guarded = {place.key: [rule.prefix for rule in clients.rules(place)] for place in found}
        for key, prefix, text in texts:
            if clients.text_by_address(text):
                self._guarded.setdefault(key, []).append(prefix)

    def alike(self, one: Json) -> bool:
        """Whether the answer is the same whoever asks; what the host asks anyway is."""
        if one["why"] not in _ORDINARY:
            return False
        path = unquote(urlsplit(one["url"]).path) or "/"
        prefixes = self._guarded.get(one.get("place", ""), [])
        return one["source"] is None or not any(_below(path, prefix) for prefix in prefixes)


def _below(path: str, prefix: str) -> bool:
    return (path.rstrip("/") + "/").startswith(prefix.rstrip("/") + "/")
