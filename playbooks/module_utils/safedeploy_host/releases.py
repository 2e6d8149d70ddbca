"""Releases stored on this host: a manifest each, never overwritten in place, verified when read."""

from __future__ import annotations

import os

from . import records, tree
from .protocol import AgentError, bad_request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json

ADOPTED = "adopted"


def check_manifest(manifest: Json) -> None:
    """Raise AgentError(bad-request) unless a manifest is well formed and its digest is that of its entries."""
    release = manifest.get("release")
    if not isinstance(release, str) or not release or set(release) - set("0123456789abcdefghijklmnopqrstuvwxyz-"):
        raise bad_request(f"{release!r} is not a release id")
    entries = manifest.get("entries")
    if not isinstance(entries, dict):
        raise bad_request("'manifest.entries' must be an object")
    tree.check(entries)
    if manifest.get("services") is not None:
        from .validators import declared

        declared.check(manifest["services"])
    if manifest.get("tree") != tree.digest(entries):
        raise bad_request("'manifest.tree' is not the digest of its entries: it was damaged on the way")


class Releases:
    """The directory `releases/` of a state directory."""

    def __init__(self, directory: str) -> None:
        self.directory = directory

    def read(self, release: str) -> Json:
        """A stored manifest. Raises AgentError: `no-such-release`, `object-corrupt`."""
        manifest = records.load(self._path(release, "manifest"))
        if manifest is None:
            raise AgentError(
                "no-such-release",
                f"release {release} is not stored on this host",
                next="Choose one of the stored releases (`releases`), or push it again.",
                detail={"release": release, "stored": self.ids()},
            )
        if manifest.get("tree") != tree.digest(manifest.get("entries", {})) or manifest.get("release") != release:
            raise AgentError(
                "object-corrupt",
                f"the stored manifest of release {release} is damaged",
                next="Check the disk of this host, then push the release again.",
                detail={"release": release},
            )
        return manifest

    def stage(self, manifest: Json, preflight: Json) -> None:
        """Store a manifest that passed preflight, and what preflight found.

        A stored manifest stays as it is, but for `services`: how its files are looked after is no part of its tree.
        """
        directory = f"{self.directory}/{manifest['release']}"
        os.makedirs(directory, mode=0o700, exist_ok=True)
        records.save(f"{directory}/preflight.json", preflight)
        try:
            stored = self.read(manifest["release"])
            if stored["tree"] == manifest["tree"]:
                if stored.get("services") != manifest.get("services"):
                    records.save(f"{directory}/manifest.json", {**stored, "services": manifest.get("services")})
                return
            raise bad_request(f"release {manifest['release']} is stored with another tree")
        except AgentError as error:
            if error.code == "bad-request":
                raise
            records.save(f"{directory}/manifest.json", manifest)

    def preflight(self, release: str) -> Json:
        """What preflight found for a release: `restart`, `baseline`, `health`, `live`.

        Empty when it never ran, or when the record is damaged: no revert may fail for it.
        """
        try:
            return records.load(self._path(release, "preflight")) or {}
        except AgentError as error:
            if error.code != "object-corrupt":
                raise
            return {}

    def ids(self) -> list[str]:
        """The ids of the stored releases: half a staging, or half a deletion, has no manifest, and is none."""
        return [name for name in self.names() if os.path.exists(self._path(name, "manifest"))]

    def names(self) -> list[str]:
        """The names of all that is there, halves too."""
        return sorted(os.listdir(self.directory)) if os.path.isdir(self.directory) else []

    def delete(self, release: str) -> None:
        """Forget a release: its manifest first, so that half a deletion is no release."""
        directory = f"{self.directory}/{release}"
        for name in sorted(os.listdir(directory)):
            os.unlink(f"{directory}/{name}")
        os.rmdir(directory)

    def _path(self, release: str, name: str) -> str:
        if "/" in release or release in ("", ".", ".."):
            raise bad_request(f"{release!r} is not a release id")
        return f"{self.directory}/{release}/{name}.json"
