"""Judges a drill: is the fleet well again, was the cause named, and was anything else broken on the way? Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from safedeploy.lab.drill import Drill, Trees

MOST_PATHS = 8


@dataclass(frozen=True, kw_only=True)
class Look:
    """How the fleet is now: what visitors meet, what httpd says of its configuration, and every tree.

    `unwell` and `refused` have hosts where something is wrong alone; `trees` has those that could be read.
    """

    unwell: Mapping[str, Sequence[str]]
    refused: Mapping[str, str]
    trees: Trees


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`spoilt` is what was broken on the way, which fails a drill; `left` is what is otherwise than before.

    `outstanding`: the fleet is not well, and does not have to be, since its repair is somebody else's.
    """

    passed: bool
    well: bool
    outstanding: bool
    unwell: tuple[str, ...]
    spoilt: tuple[str, ...]
    left: tuple[str, ...]


def judge(drill: Drill, look: Look, *, elsewhere: bool) -> Verdict:
    """What a check comes to. `elsewhere`: the fault is not to be repaired at the hosts."""
    broken = set(drill.hosts)
    own = [f"{host}: {text}" for host, texts in look.unwell.items() if host in broken for text in texts]
    others = [
        f"{host}, which was well: {text}" for host, texts in look.unwell.items() if host not in broken for text in texts
    ]
    refused = [f"{host}: httpd would not come back after a stop: {text}" for host, text in look.refused.items()]
    changed, left = _changes(drill, look)
    spoilt = (*others, *refused, *changed)
    well = not own and not others
    outstanding = bool(own) and elsewhere and drill.named
    return Verdict(
        passed=drill.named and not spoilt and (well or outstanding),
        well=well,
        outstanding=outstanding,
        unwell=tuple(own),
        spoilt=spoilt,
        left=left,
    )


def _changes(drill: Drill, look: Look) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What was opened to everybody's writing; and what is not as it was, by host."""
    open_to_all: list[str] = []
    left: list[str] = []
    for host, now in look.trees.items():
        before = drill.before.get(host, {})
        paths = sorted(path for path in {*before, *now} if before.get(path) != now.get(path))
        open_to_all += [
            f"{host}: anybody may write {path} now"
            for path in paths
            if _writable(now.get(path, "")) and not _writable(before.get(path, ""))
        ]
        left += [f"{host}: {path} {_became(before.get(path), now.get(path))}" for path in paths[:MOST_PATHS]]
        if len(paths) > MOST_PATHS:
            left.append(f"{host}: and {len(paths) - MOST_PATHS} more")
    return tuple(open_to_all), tuple(left)


def _writable(entry: str) -> bool:
    """Whether everybody may write it; an entry is `kind mode owner ...`, or `link target`."""
    kind, _, rest = entry.partition(" ")
    return kind in ("file", "dir") and int(rest[:4], 8) & 0o002 != 0


def _became(before: str | None, now: str | None) -> str:
    if before is None:
        return "is new"
    if now is None:
        return "has gone"
    return "has another mode or owner" if before.split()[-1] == now.split()[-1] else "is another"
