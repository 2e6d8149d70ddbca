"""One live file of one host, and who set it: by its lines, or as a whole. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from safedeploy.core.line_history import Line, Origin, Source, Version, blame, name_of
from safedeploy.core.observed import ADOPTED, Observed
from safedeploy.core.tree import Kind


@dataclass(frozen=True, kw_only=True)
class Known:
    """A live text that the history does not have, fit to be shown; or why it is not."""

    text: str | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Blamed:
    """A file, on hosts that have it alike. `source` is its last change; `note` says why there are no lines."""

    path: str
    hosts: tuple[str, ...]
    source: Source
    lines: tuple[Line, ...] = ()
    note: str = ""


def blamed(
    observed: Observed,
    path: str,
    known: Sequence[Version],
    texts: Mapping[str, str],
    live: Known,
    *,
    lines: bool,
) -> Blamed:
    """Judge one live path. `live` is its text where the history has none of what is live."""
    entry = observed.live[path]
    name = name_of(entry.to_json())
    versions = list(known)
    private = bool(versions) and versions[-1].name == "private"
    if private or not versions or versions[-1].name != name:
        source = _source(observed, path, versions, same=private)
        versions.append(Version(name=name, source=source))
    found = Blamed(path=path, hosts=(observed.host,), source=versions[-1].source)
    if not lines:
        return found
    if entry.kind is Kind.LINK:
        return replace(found, note=f"a link to {entry.target}")
    if private:
        return replace(found, note="not shown: the content is secret")
    text = texts.get(name, live.text)
    if text is None:
        return replace(found, note=f"not shown: {live.note}")
    return replace(found, lines=tuple(blame(versions, {**texts, name: text})))


def _source(observed: Observed, path: str, known: Sequence[Version], *, same: bool) -> Source:
    """Where a live version comes from that the history does not have."""
    if observed.edited(path):
        return Source(origin=Origin.BY_HAND)
    if same:
        return known[-1].source
    if observed.current in (None, ADOPTED) or path not in observed.current_tree:
        return Source(origin=Origin.ADOPTED)
    if not known:
        return Source(origin=Origin.OLDER)
    return Source(origin=Origin.UNRECORDED, run=observed.run, by=observed.by, since=observed.since)


def fold(files: Iterable[Blamed]) -> list[Blamed]:
    """Hosts that have the same file from the same sources, as one."""
    groups: dict[Blamed, list[str]] = {}
    for one in files:
        groups.setdefault(replace(one, hosts=()), []).extend(one.hosts)
    return sorted((replace(one, hosts=tuple(hosts)) for one, hosts in groups.items()), key=lambda one: one.path)
