"""Probes: the members that every one has, what is shown of it, and the URL that asks for a path."""

from __future__ import annotations

from urllib.parse import quote

from .elided import elide

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Json = dict[str, Any]

_PORTS = {"http": 80, "https": 443}
# What may stand in a path unquoted; a quoted byte stays as it is (RFC 3986).
_PATH = "/:@!$&'()*+,;=-._~"


def url(name: str, port: int, target: str, *, tls: bool) -> str:
    """The URL for a target (path and query, quoted) of a server name."""
    scheme = "https" if tls else "http"
    host = f"[{name}]" if ":" in name else name
    return f"{scheme}://{host}{'' if port == _PORTS[scheme] else f':{port}'}{target}"


def quoted(path: str) -> str:
    """The path of a URL for a plain text, such as a file's name."""
    return quote(path.encode("utf-8", "surrogateescape"), safe=_PATH)


def probe(why: str, target: str, address: str, source: str | None = None, **more: Any) -> Json:
    """A Probe without its id: a GET for the URL `target` at `address`, changed by `more`."""
    return {
        "why": why,
        "method": "GET",
        "url": target,
        "address": address,
        "source": source,
        "headers": {},
        "body_bytes": 0,
        "absolute": False,
        "at_once": 1,
        "hold": 0,
        "follow": True,
        "live_too": False,
        "file": None,
        "marker": None,
        "kind": None,
        "shown": "",
        **more,
    }


def shown(asked: Json, ordinary: str | None, nonce: str) -> str:
    """The probe as one line for people, without values of the query, and the same in the next push.

    The address is named where it is not the `ordinary` one, the client where the log or the configuration names it.
    """
    text = elide(f"{asked['method']} {asked['url']}").replace(nonce, "...")
    if len(text) > 200:
        text = f"{text[:120]}... ({len(text)} characters)"
    parts = [text]
    if asked["absolute"]:
        parts.append("asked of this server as of a proxy")
    if asked["address"] != ordinary:
        parts.append(f"at {asked['address']}")
    if asked.get("from"):
        parts.append(f"from {asked['from']}")
    if sum(map(len, asked["headers"].values())) > _LARGE:
        parts.append("with large headers")
    else:
        parts += [f"with {name}" for name in asked["headers"] if name.lower() not in _ORDINARY]
    if asked["body_bytes"]:
        parts.append(f"with a body of {asked['body_bytes'] // 1024} KiB")
    if asked["hold"]:
        parts.append(f"while {asked['hold']} requests are unfinished")
    return " ".join(parts)


_ORDINARY = ("user-agent", "accept", "accept-language")
_LARGE = 2048
