"""The certificates that httpd serves, by the paths in its parsed configuration, and when each of them ends."""

from __future__ import annotations

import binascii
import os
import re

from .. import plain_file
from ..certificate import Certificate
from ..effective import nodes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    Json = dict[str, Any]

MOST = 100
_DIRECTIVES = ("sslcertificatefile", "sslcertificatechainfile")
_PEM = re.compile(rb"-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----(.*?)-----END", re.DOTALL)


def certificates(effective: Json, server_root: str) -> list[Json]:
    """[{"path", "place", "names", "not_after", "error"}]: the earliest end of those in a file, in epoch seconds."""
    places: dict[str, str] = {}
    for _, node in nodes.named(effective["tree"], *_DIRECTIVES):
        # Others than paths are of a key store (pkcs11:...), which only httpd can ask.
        if node["args"] and not re.match(r"[a-z][a-z0-9+]+:", node["args"][0]):
            places.setdefault(os.path.join(server_root, node["args"][0]), nodes.place(node))
    return [_read(path, place) for path, place in list(places.items())[:MOST]]


def _read(path: str, place: str) -> Json:
    found: Json = {"path": path, "place": place, "names": [], "not_after": None, "error": None}
    try:
        inside = [Certificate(der) for der in _blocks(plain_file.read(path))]
    except (OSError, ValueError) as error:
        return {**found, "error": getattr(error, "strerror", None) or str(error)}
    if not inside:
        return {**found, "error": "no certificate is in it"}
    # Behind the first are those that signed it: a chain is as good as its first link to end.
    first = min(inside, key=lambda one: one.not_after)
    return {**found, "names": inside[0].names[:20], "not_after": first.not_after}


def _blocks(pem: bytes) -> Iterator[bytes]:
    for match in _PEM.finditer(pem):
        yield binascii.a2b_base64(match.group(1))
