"""What a host said of its configuration tree: the `survey` answer of the on-host program as values. Pure.

Paths are destinations as a project declares them: relative to the server root, or absolute where they lie elsewhere, so
that the same file of two hosts has the same one. A path, a mode and a name of an owner go into files of the project, so
each is checked here by its shape: what does not fit is kept as something that cannot be taken, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from safedeploy.core.plain_text import plain_text
from safedeploy.core.shape import Shape
from safedeploy.core.tree import Entry, Kind

MOST = 20_000
_MODE = re.compile(r"[0-7]{4}")
_OWNER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,63}\$?")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_OTHER = {
    "large": "larger than 1 MiB: no configuration",
    "odd-name": "its name has characters that cannot be shown",
    "unreadable": "cannot be read by the user that safedeploy is there",
    "through-link": "reached through a symbolic link",
    "outside-roots": "outside of the directories that safedeploy may write (allowed_roots)",
    "in-the-way": "cannot be read",
}
_CONTENT = {
    "binary": "binary: no configuration",
    "certificate": "a certificate: it is renewed apart from the configuration",
    "vault": "begins like a file that Ansible would decrypt",
}


@dataclass(frozen=True, kw_only=True)
class Surveyed:
    """One path of one host. `unfit` says why it cannot be taken at all, `secret` why it must stay on the host.

    `package` is "unchanged" or "edited" for a file that a package brought.
    """

    entry: Entry
    package: str | None = None
    secret: str | None = None
    unfit: str | None = None


@dataclass(frozen=True, kw_only=True)
class Survey:
    """One host's account. `loaded` are the files that httpd reads, None where it could not be told."""

    host: str
    exists: bool
    entries: Mapping[str, Surveyed] = field(default_factory=dict)
    loaded: frozenset[str] | None = None
    packages: str | None = None
    notes: tuple[str, ...] = ()


def survey_from_json(host: str, value: Mapping[str, Any], root: str, roots: Iterable[str]) -> Survey:
    """Values from a `survey` answer. Raises ValueError when the answer does not have the documented shape.

    `root` is the server root, `roots` are all the directories that may be written.
    """
    try:
        return _survey(host, value, root.rstrip("/"), tuple(one.rstrip("/") for one in roots))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{host} answered 'survey' in a shape that is not understood: {error!r}") from error


def destination(path: str, root: str) -> str:
    """A path of a host as a destination of the project."""
    return path.removeprefix(f"{root}/")


def _survey(host: str, value: Mapping[str, Any], root: str, roots: tuple[str, ...]) -> Survey:
    whole = Shape(value)
    entries = value["entries"]
    loaded = value["loaded"]
    if not isinstance(entries, Mapping) or len(entries) > MOST:
        raise TypeError(f"entries: a mapping of at most {MOST} is expected")
    if loaded is not None and not all(isinstance(path, str) for path in loaded):
        raise TypeError("loaded: a list of texts is expected")
    return Survey(
        host=host,
        exists=whole.truth("exists") is True,
        entries={_key(path, root): _surveyed(path, item, (root, *roots)) for path, item in sorted(entries.items())},
        loaded=None if loaded is None else frozenset(destination(plain_text(path), root) for path in loaded[:MOST]),
        packages=whole.text("packages"),
        notes=whole.texts("notes"),
    )


def _key(path: str, root: str) -> str:
    """A destination; a path that cannot be one is quoted, so that it cannot be taken for another."""
    return destination(path, root) if is_plain_path(path) else ascii(path)[:500]


def _surveyed(path: str, value: Mapping[str, Any], roots: tuple[str, ...]) -> Surveyed:
    shape = Shape(value)
    known = {key: value[key] for key in Entry.__dataclass_fields__ if key in value}
    try:
        entry = Entry.from_json(known)
    except ValueError as error:
        raise TypeError(str(error)) from error
    return Surveyed(
        entry=entry,
        package=shape.text("package"),
        secret=shape.text("secret"),
        unfit=_unfit(path, entry, shape, roots),
    )


def _unfit(path: str, entry: Entry, shape: Shape, roots: tuple[str, ...]) -> str | None:
    if entry.kind is Kind.OTHER:
        return _OTHER.get(entry.type or "", f"a {plain_text(entry.type or 'thing', limit=20)}: no configuration")
    if not is_plain_path(path) or not any(path.startswith(f"{root}/") for root in roots):
        return _OTHER["odd-name"]
    if entry.kind is Kind.LINK:
        target = entry.target or ""
        return None if target.isprintable() and 0 < len(target) < 4096 else "a link whose target cannot be shown"
    if entry.kind is not Kind.FILE:
        return "nothing is there"
    if shape.truth("several"):
        return "has another name elsewhere (a hard link)"
    if not (_DIGEST.fullmatch(entry.sha256 or "") and _MODE.fullmatch(entry.mode or "")):
        return "described in a way that is not understood"
    if not all(_OWNER.fullmatch(name or "") for name in (entry.owner, entry.group)):
        return "belongs to a user or group whose name cannot be written down"
    return _CONTENT.get(shape.text("content") or "")


def is_plain_path(path: str) -> bool:
    """Whether a path is absolute, printable, and has no `.`, `..` or empty parts."""
    parts = path.split("/")[1:]
    return path.startswith("/") and path.isprintable() and plain_text(path) == path and not {"", ".", ".."} & set(parts)
