"""A tree of files in memory: what is there, what is known not to be there, and what is not known.

A place is *complete* when everything below it is known: what is not there does not exist. Elsewhere the world is open:
`None` means that nobody has looked, and a rule must stay silent.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

# As many links in a row as Linux follows.
_MOST_LINKS = 40


@dataclass(frozen=True, kw_only=True)
class Files:
    """Paths are absolute and without `.`, `..` or a slash at the end, as on the host.

    `contents` are regular files; `links` are symbolic links with their targets as written; `directories` exist, beside
    those that follow from what lies in them; `others` exist and cannot be read (their content is not known, or they
    are no regular file). Everything below a path of `complete` is known; `absent` does not exist.
    """

    contents: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    links: Mapping[str, str] = field(default_factory=dict)
    directories: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    complete: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()

    @cached_property
    def _entries(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {directory: set() for directory in self.directories}
        for path in (*self.contents, *self.links, *self.others, *self.directories):
            child = path
            while child != "/":
                parent, name = posixpath.split(child)
                known = parent in found and name in found[parent]
                found.setdefault(parent, set()).add(name)
                if known:
                    break
                child = parent
        return found

    @cached_property
    def _real(self) -> dict[str, str | None]:
        return {}

    @cached_property
    def _complete(self) -> dict[str, bool]:
        return dict.fromkeys(self.complete, True)

    def real(self, path: str) -> str | None:
        """`path` with every link in it followed, whether anything is there or not; None for a loop."""
        if path not in self._real:
            self._real[path] = self._followed(path)
        return self._real[path]

    def _followed(self, path: str) -> str | None:
        done, waiting, followed = "/", [part for part in path.split("/") if part][::-1], 0
        while waiting:
            part = waiting.pop()
            if part == ".":
                continue
            if part == "..":
                done = posixpath.dirname(done)
                continue
            here = f"{done}/{part}" if done != "/" else f"/{part}"
            target = self.links.get(here)
            if target is None:
                done = here
                continue
            followed += 1
            if followed > _MOST_LINKS:
                return None
            if target.startswith("/"):
                done = "/"
            waiting += [piece for piece in target.split("/") if piece][::-1]
        return done

    def exists(self, path: str) -> bool | None:
        """Whether something is at `path`, links followed."""
        real = self.real(path)
        if real is None:
            return False
        if real in self.contents or real in self.others or real in self._entries:
            return True
        return False if self._gone(real) else None

    def is_directory(self, path: str) -> bool | None:
        """Whether a directory is at `path`, links followed."""
        real = self.real(path)
        if real is None or real in self.contents:
            return False
        if real in self._entries:
            return True
        return False if self._gone(real) else None

    def is_file(self, path: str) -> bool | None:
        """Whether something that is no directory is at `path`, links followed, be its content known or not."""
        real = self.real(path)
        if real is not None and (real in self.contents or real in self.others):
            return True
        there = self.exists(path)
        return None if there is None else False

    def content(self, path: str) -> bytes | None:
        """The content of the regular file at `path`, links followed; None where there is none or it is not known."""
        real = self.real(path)
        return None if real is None else self.contents.get(real)

    def names(self, directory: str) -> tuple[str, ...]:
        """The names that are known in a directory, links followed, in the order of their bytes."""
        real = self.real(directory)
        return tuple(sorted(self._entries.get(real or "", ())))

    def is_complete(self, directory: str) -> bool:
        """Whether nothing else can be in a directory than `names` tells."""
        real = self.real(directory)
        return real is not None and (self._known(real) or self._gone(real))

    def merged(self, over: Files) -> Files:
        """These files with others laid over them: `over` wins where both know a path, links and absence included."""
        hidden = {*over.contents, *over.links, *over.others, *over.absent}
        return replace(
            over,
            contents={**{p: c for p, c in self.contents.items() if p not in hidden}, **over.contents},
            links={**{p: t for p, t in self.links.items() if p not in hidden}, **over.links},
            directories=(self.directories - hidden) | over.directories,
            others=(self.others - hidden) | over.others,
            complete=self.complete | over.complete,
            absent=(self.absent - {*over.contents, *over.links, *over.others, *over.directories}) | over.absent,
        )

    def _known(self, path: str) -> bool:
        """Whether `path` or something above it is complete."""
        passed = []
        while (found := self._complete.get(path)) is None:
            passed.append(path)
            if path == "/":
                found = False
                break
            path = posixpath.dirname(path)
        self._complete.update(dict.fromkeys(passed, found))
        return found

    def _gone(self, real: str) -> bool:
        """Whether a path at which nothing is known is known to be empty."""
        while real != "/":
            parent = posixpath.dirname(real)
            if real in self.absent or parent in self.contents or self._known(parent):
                return True
            real = parent
        return False
