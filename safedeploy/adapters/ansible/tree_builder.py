"""The tree of one host, put together entry by entry; refuses what would overwrite itself or leave the allowed roots."""

from __future__ import annotations

import hashlib
import posixpath
from typing import TYPE_CHECKING, Any

from safedeploy.core.errors import SafedeployError
from safedeploy.core.tree import Entry, Kind, Made, RenderedTree

if TYPE_CHECKING:
    from collections.abc import Mapping

PRIVATE_KEY = b"PRIVATE KEY-----"


class TreeBuilder:
    """Collects entries, their content and where they come from."""

    def __init__(self, host: str, site: Mapping[str, Any]) -> None:
        self._host = host
        self._server_root: str = site["server_root"]
        self._roots = [posixpath.normpath(root) for root in site["allowed_roots"]]
        self._entries: dict[str, Entry] = {}
        self._content: dict[str, bytes] = {}
        self._origin: dict[str, str] = {}
        self._secret: set[str] = set()
        self._made: dict[str, Made] = {}

    def path(self, dest: str, place: str) -> str:
        """Return the absolute path of a destination. A slash at the end is kept: there a name is still to follow."""
        if ".." in dest.split("/"):
            raise _outside(place, f"'{dest}' contains '..'", self._roots)
        path = posixpath.normpath(posixpath.join(self._server_root, dest))
        path = "/" + path.lstrip("/")
        if not any(
            path.startswith(root.rstrip("/") + "/") or (dest.endswith("/") and path == root) for root in self._roots
        ):
            raise _outside(place, f"'{path}' is not below an allowed root", self._roots)
        return path + "/" if dest.endswith("/") and path != "/" else path

    def file(
        self, path: str, data: bytes, *, mode: str, owner: str, group: str, origin: str, secret: bool, made: Made
    ) -> None:
        """Add a file. `secret` hides the whole content; a private key is hidden in any case."""
        digest = hashlib.sha256(data).hexdigest()
        entry = Entry(kind=Kind.FILE, sha256=digest, size=len(data), mode=mode, owner=owner, group=group)
        self.entry(path, entry, origin)
        self._content[digest] = data
        self._made.setdefault(path, made)
        if secret or PRIVATE_KEY in data:
            self._secret.add(path)

    def entry(self, path: str, entry: Entry, origin: str) -> None:
        """Add any entry. The same one twice is one; two different ones at the same path are an error."""
        before = self._entries.get(path)
        if before is not None and before != entry:
            raise _conflict(f"{path} is declared twice, and differently: by {self._origin[path]} and by {origin}")
        if before is None:
            self._entries[path] = entry
            self._origin[path] = origin

    def build(self) -> RenderedTree:
        """Return the tree. Raises when a file or link is also needed as a directory."""
        present = {path for path, entry in self._entries.items() if entry.kind is not Kind.ABSENT}
        for path in sorted(present):
            for parent in _parents(path):
                if parent in self._entries:
                    raise _conflict(
                        f"{parent} (by {self._origin[parent]}) would have to be a directory for {path} "
                        f"(by {self._origin[path]})"
                    )
        return RenderedTree(
            host=self._host,
            entries=dict(sorted(self._entries.items())),
            content=self._content,
            origin=self._origin,
            secret_paths=frozenset(self._secret),
            made=self._made,
        )


def _parents(path: str) -> list[str]:
    parts = path.split("/")[1:-1]
    return ["/" + "/".join(parts[: number + 1]) for number in range(len(parts))]


def _outside(place: str, what: str, roots: list[str]) -> SafedeployError:
    return SafedeployError(
        "destination-outside-roots",
        f"{place}: {what}",
        next_step=f"Choose a path below {' or '.join(roots)}, or add a root to safedeploy_site.allowed_roots.",
    )


def _conflict(what: str) -> SafedeployError:
    return SafedeployError("destination-conflict", what, next_step="Remove or rename one of the two.")
