"""Trees: what is, or should be, at each path of a host.

Pure values. The JSON form and the digest are shared with the on-host program (docs/architecture.md, section 3);
tests/unit/core/test_tree.py compares the two implementations.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What an entry is."""

    FILE = "file"
    LINK = "link"
    ABSENT = "absent"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One path's content and attributes. `mode` is an octal text such as "0644"; `size` is in bytes."""

    kind: Kind
    sha256: str | None = None
    size: int | None = None
    mode: str | None = None
    owner: str | None = None
    group: str | None = None
    target: str | None = None
    type: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The wire form: only the keys that the kind has."""
        keys = {
            Kind.FILE: ("sha256", "size", "mode", "owner", "group"),
            Kind.LINK: ("target",),
            Kind.ABSENT: (),
            Kind.OTHER: ("type",),
        }[self.kind]
        return {"kind": self.kind.value, **{key: getattr(self, key) for key in keys}}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Entry:
        """The inverse of `to_json`. Raises ValueError for an unknown kind or key."""
        known = set(cls.__dataclass_fields__)
        unknown = sorted(set(value) - known)
        if unknown:
            raise ValueError(f"unknown key in entry: {', '.join(unknown)}")
        for key, item in value.items():
            if item is not None and (not isinstance(item, int if key == "size" else str) or isinstance(item, bool)):
                raise ValueError(f"wrong type in entry: {key} is a {type(item).__name__}")
        return cls(**{**value, "kind": Kind(value["kind"])})


ABSENT = Entry(kind=Kind.ABSENT)

Tree = Mapping[str, Entry]


def tree_to_json(tree: Tree) -> dict[str, dict[str, Any]]:
    """The wire form of a tree, in path order."""
    return {path: tree[path].to_json() for path in sorted(tree)}


def tree_from_json(value: Mapping[str, Mapping[str, Any]]) -> dict[str, Entry]:
    """The inverse of `tree_to_json`."""
    return {path: Entry.from_json(entry) for path, entry in value.items()}


def canonical(value: Any) -> bytes:
    """Canonical JSON: the bytes that digests are taken of."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def tree_digest(tree: Tree) -> str:
    """SHA-256, in hex, of the canonical JSON of a tree."""
    return hashlib.sha256(canonical(tree_to_json(tree))).hexdigest()


def release_id(trees: Mapping[str, str]) -> str:
    """The fleet-wide release id of `{host: tree digest}`: 12 hex digits."""
    return hashlib.sha256(canonical(dict(trees))).hexdigest()[:12]


@dataclass(frozen=True, kw_only=True)
class Made:
    """The file of the project that a path's content was made from: taken over as it is (`verbatim`), or rendered.

    `own_syntax`: the declaration of the file gives its template other delimiters than Jinja's.
    """

    file: str
    verbatim: bool
    own_syntax: bool = False


@dataclass(frozen=True, kw_only=True)
class RenderedTree:
    """What one host should have: entries, and the bytes of every file by digest.

    `origin` tells where each path came from (template or static file, for messages), `made` of which file it was made;
    `secret_paths` are the paths whose whole content is secret (private keys, files decrypted from a vault).
    """

    host: str
    entries: Tree
    content: Mapping[str, bytes] = field(repr=False)
    origin: Mapping[str, str] = field(default_factory=dict)
    secret_paths: frozenset[str] = frozenset()
    made: Mapping[str, Made] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The digest of the entries."""
        return tree_digest(self.entries)
