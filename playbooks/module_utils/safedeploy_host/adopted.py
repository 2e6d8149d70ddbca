"""What was on this host before safedeploy: release 0, which only grows.

The effective tree of a release is, for every path that safedeploy ever touched here, the release's entry if it has one,
else the adopted one. So a path that leaves management gets back what safedeploy had displaced.
"""

from __future__ import annotations

from . import records
from .releases import ADOPTED
from .tree import digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json
    from .tree import Tree


class Adopted:
    """The record `adopted.json`."""

    def __init__(self, path: str) -> None:
        self.path = path

    def entries(self) -> Tree:
        """The adopted tree; empty before the first activation."""
        entries: Tree = self._load().get("entries", {})
        return entries

    def manifest(self) -> Json:
        """The adopted tree as the manifest of release "adopted"."""
        found = self._load()
        entries = found.get("entries", {})
        return {
            "schema": 1,
            "release": ADOPTED,
            "tree": digest(entries),
            "created": found.get("created"),
            "provenance": {},
            "entries": entries,
        }

    def add(self, live: Tree, now: str) -> Tree:
        """Adopt the live entries of paths that are not adopted yet; return the adopted tree."""
        found = self._load() or {"created": now, "entries": {}}
        new = {path: entry for path, entry in live.items() if path not in found["entries"]}
        if new:
            found["entries"].update(new)
            records.save(self.path, {**found, "release": ADOPTED, "tree": digest(found["entries"])})
        entries: Tree = found["entries"]
        return entries

    def _load(self) -> Json:
        found = records.load(self.path) or {}
        if found and found.get("tree") != digest(found.get("entries", {})):
            raise records.damaged(self.path, "is damaged: its tree has another digest")
        return found


def effective(entries: Tree, adopted: Tree) -> Tree:
    """What the live tree should be under a release with these entries."""
    return {**adopted, **entries}
