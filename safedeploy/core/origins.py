"""From a path in httpd's message back to the template that it was rendered from. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from safedeploy.core.tree import Kind, Tree

_PATH = re.compile(r"/[\w./@+~-]+")


def mentioned(text: str, entries: Tree, origin: Mapping[str, str]) -> list[str]:
    """Sentences for the paths in `text` that a tree holds: where each one comes from. Links are followed."""
    found: dict[str, str] = {}
    for match in _PATH.findall(text):
        path = match.rstrip(".")
        real = followed(path, entries)
        if real in origin:
            found.setdefault(path, f"{path} is rendered from {origin[real]}")
    return list(found.values())


def followed(path: str, entries: Tree) -> str:
    """The path that a managed link leads to; any other path is itself."""
    entry = entries.get(path)
    if entry is None or entry.kind is not Kind.LINK or entry.target is None:
        return path
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), entry.target))
