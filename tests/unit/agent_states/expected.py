"""What a host must be after each command, told from what it was before: the promises, with no code of the agent's."""

from __future__ import annotations

import dataclasses
import posixpath
from collections.abc import Callable, Iterator
from typing import Any

Entry = dict[str, Any]
Tree = dict[str, Entry]
Well = Callable[[Tree, str], bool]

ABSENT: Entry = {"kind": "absent"}
ADOPTED = "adopted"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Record:
    """An activation that can be undone."""

    release: str
    before: Tree
    before_release: str
    activation: str | None = None
    made: frozenset[str] = frozenset()

    def __eq__(self, other: object) -> bool:
        """Whether two records say the same; the activation's name is the host's to choose."""
        return isinstance(other, Record) and (self.release, self.before, self.before_release) == (
            other.release,
            other.before,
            other.before_release,
        )

    __hash__ = None  # type: ignore[assignment]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Host:
    """A host at rest."""

    files: Tree
    directories: frozenset[str]
    adopted: Tree = dataclasses.field(default_factory=dict)
    current: str | None = None
    known_good: str | None = None
    history: tuple[tuple[str, str | None], ...] = ()
    pending: Record | None = None
    last: Record | None = None
    stranded: Record | None = None

    def says(self) -> dict[str, Any]:
        """Everything that is compared."""
        said = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {**said, "history": [release for release, _ in self.history]}

    def live(self, paths: set[str]) -> Tree:
        return {path: self.files.get(path, ABSENT) for path in paths}

    def effective(self, entries: Tree) -> Tree:
        return {**self.adopted, **entries}

    def with_tree(self, tree: Tree, made: frozenset[str] = frozenset()) -> Host:
        """The live tree brought to `tree`, and the empty ones of the directories `made` taken away."""
        files = {path: entry for path, entry in {**self.files, **tree}.items() if entry != ABSENT}
        needed = {parent for path, entry in tree.items() if entry != ABSENT for parent in above(path)}
        holding = {parent for path in files for parent in above(path)}
        return dataclasses.replace(
            self, files=files, directories=(self.directories | needed) - (made - holding - needed)
        )

    def adopting(self, entries: Tree) -> Host:
        """The first thing that an activation does: what it is about to touch is remembered for ever."""
        live = self.live(set(self.adopted) | set(entries))
        return dataclasses.replace(self, adopted={**live, **self.adopted})

    def known(self) -> Host:
        """What serves before the first activation is the first known-good."""
        if self.known_good is not None:
            return self
        return dataclasses.replace(self, known_good=ADOPTED, history=(*self.history, (ADOPTED, None)))

    def activated(self, release: str, entries: Tree) -> Host:
        """The release is live and waits for its confirmation."""
        begun = self.adopting(entries).known()
        goal = begun.effective(entries)
        changes = {path: entry for path, entry in goal.items() if self.files.get(path, ABSENT) != entry}
        live = begun.with_tree(changes)
        record = Record(
            release=release,
            before=self.live(set(goal)),
            before_release=self.current or ADOPTED,
            made=live.directories - self.directories,
        )
        return dataclasses.replace(live, current=release, pending=record, stranded=None)

    def unchanged(self, release: str, entries: Tree) -> Host:
        """The release was live already."""
        host = self.adopting(entries).known()
        history = host.history if host.known_good == release else (*host.history, (release, None))
        return dataclasses.replace(host, current=release, known_good=release, history=history, stranded=None)

    def confirmed(self) -> Host:
        """The pending release is the known-good one."""
        record = self.pending
        assert record is not None
        return dataclasses.replace(
            self,
            pending=None,
            current=record.release,
            known_good=record.release,
            history=(*self.history, (record.release, record.activation)),
            last=record,
        )

    def reverted(self, record: Record, entries: Callable[[str], Tree | None], well: Well) -> Host:
        """The first of the places to go back to that is well; stranded on the first one when none is."""
        host = self.known()
        for release, tree in host.places(record, entries):
            gone = host.with_tree(tree, record.made)
            if well(gone.files, record.release):
                return gone.settled(record, release)
        stranded = host.with_tree(record.before, record.made)
        return dataclasses.replace(stranded, pending=None, current=record.before_release, stranded=record)

    def places(self, record: Record, entries: Callable[[str], Tree | None]) -> Iterator[tuple[str, Tree]]:
        yield record.before_release, record.before
        earlier = [release for release, _ in self.history if release != self.known_good]
        for release in (self.known_good, earlier[-1] if earlier else None):
            if release is None or release == record.release:
                continue
            stored = {} if release == ADOPTED else entries(release)
            if stored is not None:
                yield release, self.effective(stored)

    def settled(self, record: Record, release: str) -> Host:
        host = dataclasses.replace(self, current=release, stranded=None)
        if self.pending is not None and self.pending.activation == record.activation:
            return dataclasses.replace(host, pending=None)
        if self.last is not None and self.last.activation == record.activation:
            history = tuple(item for item in self.history if item[1] != record.activation)
            known_good = history[-1][0] if history else None
            return dataclasses.replace(host, history=history, last=None, known_good=known_good)
        return host


def above(path: str) -> list[str]:
    """The directories that hold a path, innermost first."""
    found = []
    while path not in ("/", ""):
        path = posixpath.dirname(path)
        found.append(path)
    return found
