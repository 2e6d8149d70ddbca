"""The Answer document: what is kept of a response. No body, no cookie's value, no value of a query is in it."""

from __future__ import annotations

import functools
import re
from urllib.parse import urlsplit

from ..certificate import Certificate
from . import body
from .elided import digested

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

    from ..http_request import Answer as Response

    Json = dict[str, Any]

SECURITY = (
    "strict-transport-security",
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "cross-origin-embedder-policy",
    "cross-origin-resource-policy",
)
_KEPT = frozenset(
    [
        *SECURITY,
        "allow",
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-type",
        "expires",
        "location",
        "set-cookie",
        "www-authenticate",
    ]
)
_NONCE = re.compile(r"'nonce-[^']*'")


class Wanted:
    """What declarations speak of beyond the usual: texts in bodies, names of headers (lower case)."""

    def __init__(self, expectations: Sequence[Json] = ()) -> None:
        self.texts = sorted({text for one in expectations for text in (one.get("body"), one.get("absent")) if text})
        self.headers = frozenset(name.lower() for one in expectations for name in one.get("headers") or {})


def none(why: str, ms: float = 0.0, *, asked: bool = True) -> Json:
    """The Answer that was none. `asked` is false when there was no time to ask."""
    return {
        "status": None,
        "why": why,
        "asked": asked,
        "ms": ms,
        "headers": {},
        "sha256": None,
        "shape": None,
        "bytes": 0,
        "stable": True,
        "is_file": False,
        "listing": False,
        "marker": False,
        "mentions_host": False,
        "of_httpd": False,
        "error_of_httpd": False,
        "utf8": False,
        "found": [],
        "tls": None,
        "hops": [],
        "loop": False,
        "foreign": None,
        "final": None,
        "vhost": None,
        "log": [],
    }


def of(response: Response, probe: Json, wanted: Wanted, file: bytes | None = None) -> Json:
    """The Answer for a response; `file` is the content of the file that the probe is about."""
    content = response.body
    marker, host = probe.get("marker"), urlsplit(probe["url"]).hostname or ""
    return {
        **none("", response.ms),
        "status": response.status,
        "headers": _headers(response, wanted),
        "sha256": body.digest(content),
        "shape": body.shape(content),
        "bytes": _length(response),
        "is_file": file is not None and response.status == 200 and _is(response, file),
        "listing": body.is_listing(content),
        "marker": bool(marker) and str(marker).encode() in content,
        "mentions_host": body.mentions(content, host),
        "of_httpd": body.is_of_httpd(content),
        "error_of_httpd": body.is_error_of_httpd(content),
        "utf8": body.is_utf8(content),
        "found": [text for text in wanted.texts if text.encode() in content],
        "tls": _tls(response),
    }


def _headers(response: Response, wanted: Wanted) -> Json:
    kept: dict[str, list[str]] = {}
    for name, value in response.headers:
        key = name.lower()
        if key in _KEPT or key in wanted.headers or key.startswith("access-control-"):
            kept.setdefault(key, []).append(_value(key, value))
    return {key: ("\n" if key == "set-cookie" else ", ").join(values) for key, values in sorted(kept.items())}


def _value(key: str, value: str) -> str:
    if key == "set-cookie":
        pair, _, attributes = value.partition(";")
        return f"{pair.partition('=')[0].strip()};{attributes}"
    if key == "content-security-policy":
        return _NONCE.sub("'nonce-...'", value)
    return digested(value) if key == "location" else value


def _is(response: Response, file: bytes) -> bool:
    return bool(file) and file[: len(response.body)] == response.body and len(file) == _length(response)


def _length(response: Response) -> int:
    declared = response.header("Content-Length")
    return int(declared[0]) if declared and declared[0].isdigit() else len(response.body)


def _tls(response: Response) -> Json | None:
    if response.der is None:
        return None
    certificate = _certificate(response.der)
    return {
        "sha256": body.digest(response.der),
        "names": certificate.names if certificate else [],
        "not_after": certificate.not_after if certificate else None,
        "version": response.version,
        "cipher": response.cipher,
        "accepts": None,
    }


@functools.lru_cache(maxsize=None)
def _certificate(der: bytes) -> Certificate | None:
    try:
        return Certificate(der)
    except ValueError:
        return None
