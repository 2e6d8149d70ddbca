"""Contents by digest: immutable, 0600, and verified each time they are read."""

from __future__ import annotations

import os

from . import fsio, hashing
from .protocol import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .tree import Tree


class Objects:
    """The directory `objects/` of a state directory."""

    def __init__(self, directory: str) -> None:
        self.directory = directory

    def path(self, sha256: str) -> str:
        """Where an object is, or would be."""
        return f"{self.directory}/{sha256}"

    def read(self, sha256: str) -> bytes:
        """The content. Raises AgentError: `object-missing`, `object-corrupt`."""
        content = fsio.read_file(self.path(sha256))
        if content is None:
            raise AgentError(
                "object-missing",
                f"the content {sha256} is not stored on this host",
                next="Run preflight again: it sends what is missing.",
                detail={"sha256": sha256},
            )
        if hashing.hexadecimal(content) != sha256:
            raise AgentError(
                "object-corrupt",
                f"the stored content {sha256} is damaged",
                next="Check the disk of this host, then run preflight again: it sends the content anew.",
                detail={"sha256": sha256},
            )
        return content

    def intact(self, sha256: str) -> bool:
        """Whether the content is there and undamaged."""
        try:
            self.read(sha256)
        except AgentError:
            return False
        return True

    def put(self, content: bytes) -> str:
        """Store a content, durably, and return its digest. An intact one is not written again."""
        sha256 = hashing.hexadecimal(content)
        if not self.intact(sha256):
            fsio.replace_file(self.path(sha256), content)
        return sha256

    def missing(self, tree: Tree) -> list[str]:
        """The digests of a tree's files that are not here, or damaged here."""
        return sorted(sha256 for sha256 in referenced([tree]) if not self.intact(sha256))

    def all(self) -> list[str]:
        """The digests of everything stored, and leftovers of writes that did not finish."""
        return sorted(os.listdir(self.directory)) if os.path.isdir(self.directory) else []

    def delete(self, names: Iterable[str]) -> int:
        """Remove objects; return how many."""
        gone = list(names)
        for name in gone:
            os.unlink(self.path(name))
        return len(gone)


def referenced(trees: Iterable[Tree]) -> set[str]:
    """The digests that the files of some trees refer to."""
    return {entry["sha256"] for entries in trees for entry in entries.values() if entry["kind"] == "file"}
