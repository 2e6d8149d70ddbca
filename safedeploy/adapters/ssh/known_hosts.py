"""OpenSSH's known_hosts: which keys a host may show.

Format: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT": hashed names, `[host]:port`, wildcards and negation, the markers
@revoked and @cert-authority. Paramiko's own reader knows neither patterns nor markers. Files are only read.
"""

from __future__ import annotations

import base64
import binascii
import fnmatch
import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class KnownKey:
    """One key of a name: the type as written (`ssh-ed25519`) and the key's bytes on the wire."""

    type: str
    blob: bytes


@dataclass(frozen=True, kw_only=True)
class Known:
    """What known_hosts says of one name. `authority` is true when only a certificate authority is named for it."""

    keys: tuple[KnownKey, ...] = ()
    revoked: tuple[KnownKey, ...] = ()
    authority: bool = False

    def types(self) -> tuple[str, ...]:
        """The key types known, in the order of the files."""
        return tuple(dict.fromkeys(key.type for key in self.keys))

    def has(self, blob: bytes) -> bool:
        """True if a host may show this key."""
        return any(key.blob == blob for key in self.keys)

    def is_revoked(self, blob: bytes) -> bool:
        """True if this key must never be accepted."""
        return any(key.blob == blob for key in self.revoked)


def lookup(name: str, files: Iterable[Path]) -> Known:
    """What the files say of `name`; a file that cannot be read says nothing, as for ssh."""
    keys: list[KnownKey] = []
    revoked: list[KnownKey] = []
    authority = False
    for marker, key in (found for file in files for found in _matching(name, file)):
        if marker == "@revoked":
            revoked.append(key)
        elif marker == "@cert-authority":
            authority = True
        elif not marker:
            keys.append(key)
    return Known(keys=tuple(keys), revoked=tuple(revoked), authority=authority and not keys)


def _matching(name: str, file: Path) -> Iterator[tuple[str, KnownKey]]:
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for line in text.splitlines():
        fields = line.split()
        if not fields or fields[0].startswith("#"):
            continue
        marker = fields.pop(0) if fields[0].startswith("@") else ""
        if len(fields) < 3 or not _names(fields[0].split(","), name):
            continue
        try:
            yield marker, KnownKey(type=fields[1], blob=base64.b64decode(fields[2], validate=True))
        except binascii.Error:
            continue


def _names(patterns: Sequence[str], name: str) -> bool:
    found = False
    for pattern in patterns:
        if pattern.startswith("!"):
            if _same(pattern[1:], name):
                return False
        elif _same(pattern, name):
            found = True
    return found


def _same(pattern: str, name: str) -> bool:
    if pattern.startswith("|1|"):
        try:
            salt, digest = (base64.b64decode(part) for part in pattern[3:].split("|"))
        except (ValueError, binascii.Error):
            return False
        return hmac.compare_digest(hmac.new(salt, name.encode(), hashlib.sha1).digest(), digest)
    # Brackets are part of a name with a port, not a set of characters.
    return fnmatch.fnmatchcase(name, pattern.lower().replace("[", "[[]"))
