"""What the content of one path becomes in the project: a static file, a template, or several of them. Pure.

Contents that are alike become one template; those that are not are files of their own. Nothing is lost on the way: each
host's bytes come out again exactly.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from safedeploy.core.adopt.naming import Names, snake
from safedeploy.core.adopt.template import Piece, Slot, align, source, unfit

_PLAIN = re.compile(r"[^A-Za-z0-9._+@-]")
_LONGEST = 80
_MOST_TRIED = 20


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file of the project for these hosts, its `name` relative to templates/ or files/. `variables`: their names."""

    name: str
    data: bytes
    template: bool
    hosts: tuple[str, ...]
    variables: tuple[str, ...] = ()


class Sources:
    """Makes sources path by path. `place` is the folder of the environment, within templates/ and files/.

    `there` are the names that the project has in them already.
    """

    def __init__(self, place: str, hosts: Sequence[str], names: Names, there: Iterable[str] = ()) -> None:
        self._place = place
        self._hosts = list(hosts)
        self._names = names
        self._used: set[str] = set()
        self._directories: set[str] = set()
        for name in there:
            self._free(name.lower())

    def of(self, path: str, contents: Mapping[str, bytes]) -> Iterator[Source]:
        """Yield the sources of one destination, given its bytes on each host that has it."""
        versions: dict[bytes, list[str]] = {}
        for host in self._hosts:
            if host in contents:
                versions.setdefault(contents[host], []).append(host)
        ordered = sorted(versions, key=lambda data: -len(versions[data]))
        for number, cluster in enumerate(_clusters(ordered)):
            hosts = [host for data in cluster for host in versions[data]]
            variant = "" if number == 0 else f"only-{hosts[0]}{'' if len(hosts) == 1 else '-and-others'}"
            if len(cluster) == 1:
                yield Source(name=self._name(path, variant, ""), data=cluster[0], template=False, hosts=tuple(hosts))
            else:
                yield self._template(path, variant, cluster, versions)

    def _template(
        self, path: str, variant: str, cluster: Sequence[bytes], versions: Mapping[bytes, Sequence[str]]
    ) -> Source:
        pieces = _aligned(cluster) or ()
        expressions: dict[Slot, str] = {}
        stem = path.rpartition("/")[2].removesuffix(".conf")
        for slot in (piece for piece in pieces if isinstance(piece, Slot)):
            values = {host: slot.values[number] for number, data in enumerate(cluster) for host in versions[data]}
            expressions[slot] = self._names.of(slot, values, snake(stem))
        return Source(
            name=self._name(path, variant, ".j2"),
            data=source(pieces, expressions).encode(),
            template=True,
            hosts=tuple(host for data in cluster for host in versions[data]),
            variables=tuple(dict.fromkeys(expressions.values())),
        )

    def _name(self, path: str, variant: str, ending: str) -> str:
        """A file name that any file system and Ansible take as it is, and that no other source has."""
        parts = [*([variant] if variant else []), *path.strip("/").split("/")]
        for number in itertools.count(1):
            apart = [f"apart-{number}"] if number > 1 else []
            name = "/".join([self._place, *map(_part, [*apart, *parts])]) + ending
            if self._free(name.lower()):
                return name
        raise AssertionError("unreachable")

    def _free(self, name: str) -> bool:
        """Whether a file of this name fits in beside those that have theirs; it then has it."""
        above = {name[:at] for at, letter in enumerate(name) if letter == "/"}
        if name in self._used or name in self._directories or above & self._used:
            return False
        self._used.add(name)
        self._directories |= above
        return True


def _part(part: str) -> str:
    """A part of a path without letters that a shell, Jinja or Ansible reads something in."""
    return _PLAIN.sub("_", part)[:_LONGEST] or "_"


def _clusters(contents: Sequence[bytes]) -> list[list[bytes]]:
    """Contents that are alike together, the most common first.

    All at once, or else each beside the first of a cluster, of which only so many are tried.
    """
    if len(contents) > 1 and _aligned(contents) is not None:
        return [list(contents)]
    clusters: list[list[bytes]] = []
    for data in contents:
        fitting = (one for one in clusters[:_MOST_TRIED] if _aligned([one[0], data]) is not None)
        cluster = next(fitting, None)
        if cluster is None:
            clusters.append([data])
        else:
            cluster.append(data)
    return [
        part for one in clusters for part in ([one] if len(one) == 1 or _aligned(one) else [[data] for data in one])
    ]


def _aligned(contents: Sequence[bytes]) -> tuple[Piece, ...] | None:
    if any(unfit(data) for data in contents):
        return None
    return align([data.decode() for data in contents])
