"""The state directory of a host, opened: every record that a command reads or changes, and the live tree."""

from __future__ import annotations

import os
import stat

from . import fsio, records, tree
from .adopted import Adopted, effective
from .audit import Audit
from .clock import iso
from .journal import Journal
from .lease import Lease
from .objects import Objects
from .protocol import AgentError, check_site
from .releases import ADOPTED, Releases
from .state import State

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .protocol import Json
    from .tree import Tree


class Store:
    """The records under `site.state_dir`. Opening creates nothing; `create` does."""

    def __init__(self, site: Json) -> None:
        self.site = site
        self.roots: list[str] = site["allowed_roots"]
        self.directory: str = site["state_dir"].rstrip("/")
        self.objects = Objects(f"{self.directory}/objects")
        self.releases = Releases(f"{self.directory}/releases")
        self.adopted = Adopted(f"{self.directory}/adopted.json")
        self.log = Audit(f"{self.directory}/audit.jsonl")
        self.state = State(f"{self.directory}/state.json", self.log)
        self.journal = Journal(f"{self.directory}/journal.json")
        self.lease = Lease(f"{self.directory}/lease.json")
        self.recovered: Json | None = None  # the revert that this start of the program had to make first

    @classmethod
    def at(cls, directory: str) -> Store:
        """The store in `directory`, with the site that the last preflight saved there."""
        saved = records.load(f"{directory.rstrip('/')}/site.json")
        if saved is None:
            raise AgentError(
                "bad-request",
                f"{directory} is not the state directory of a host that safedeploy has deployed to",
                next="Name the right one with --state-dir.",
            )
        check_site(saved["site"])
        return cls(saved["site"])

    def remember_site(self) -> None:
        """Save the site for the dead-man and for people."""
        records.save(f"{self.directory}/site.json", {"site": self.site})

    def create(self) -> None:
        """Make the state directory, 0700. Raises AgentError(no-permission) when it is, or would be, somebody else's."""
        try:
            os.makedirs(self.directory, mode=0o700, exist_ok=True)
            found = os.lstat(self.directory)
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
                raise PermissionError("it is a link, or belongs to another user")
            if stat.S_IMODE(found.st_mode) != 0o700:
                os.chmod(self.directory, 0o700)
            _require_private_way(self.directory)
            for name in ("agent", "objects", "releases"):
                os.makedirs(f"{self.directory}/{name}", mode=0o700, exist_ok=True)
            if not os.path.exists(self.lock):  # it is made when all this is done
                fsio.sync_above(self.directory)
        except OSError as error:
            raise AgentError(
                "no-permission",
                f"{self.directory} cannot be used as the state directory: {error.strerror or error}",
                next="Use become for this host, or set state_dir in safedeploy_site to one of the deploying user.",
                detail={"path": self.directory, "uid": os.geteuid()},
            ) from error

    @property
    def lock(self) -> str:
        """The file that changing commands lock."""
        return f"{self.directory}/lock"

    def touched(self, entries: Iterable[str] = ()) -> set[str]:
        """Every path that safedeploy ever touched here, and `entries`."""
        return set(self.adopted_entries()) | set(entries)

    def adopted_entries(self) -> Tree:
        """The adopted tree. Raises AgentError(object-corrupt), also when it is gone though there were activations."""
        entries = self.adopted.entries()
        if not entries and self.state.load()["current"] is not None:
            raise records.damaged(self.adopted.path, "is missing, though this host has been deployed to")
        return entries

    def live(self, paths: Iterable[str]) -> Tree:
        """The live tree over `paths`."""
        return tree.live(paths, self.roots)

    def manifest(self, release: str) -> Json:
        """The manifest of a stored release or of "adopted"."""
        return self.adopted.manifest() if release == ADOPTED else self.releases.read(release)

    def effective(self, release: str) -> Tree:
        """The effective tree of a stored release or of "adopted"."""
        return effective(self.manifest(release)["entries"], self.adopted_entries())

    def keep_content(self, live: Tree) -> None:
        """Store the content of live files. Raises OSError if one vanished, AgentError(live-changed) if one changed."""
        for path, entry in live.items():
            if entry["kind"] != "file" or self.objects.intact(entry["sha256"]):
                continue
            if self.objects.put(tree.content(path, self.roots)) != entry["sha256"]:
                raise live_changed([path])

    def audit(self, event: str, now: float, **facts: Any) -> None:
        """Write one audit line."""
        self.log.write(event, iso(now), **facts)

    def sync(self) -> None:
        """Make the names of everything stored so far durable."""
        for directory in (self.objects.directory, self.releases.directory, self.directory):
            if os.path.isdir(directory):
                fsio.sync_directory(directory)


def live_changed(paths: list[str]) -> AgentError:
    """The refusal when the live tree is not what the plan was made against."""
    named = ", ".join(paths[:5]) + (f" and {len(paths) - 5} more" if len(paths) > 5 else "")
    return AgentError(
        "live-changed",
        f"the live configuration has changed since the plan was made: {named or 'somewhere among the managed paths'}",
        next="Look at the new plan: it shows what was changed by hand. Then push that one.",
        detail={"paths": paths},
    )


def _require_private_way(directory: str) -> None:
    """Raise PermissionError when somebody else could put another directory in the place of this one."""
    above = os.path.dirname(os.path.realpath(directory))
    while True:
        found = os.stat(above)
        if found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX:
            raise PermissionError(f"every user can write to {above}, and so exchange what is below it")
        if above == "/":
            return
        above = os.path.dirname(above)
