"""Enabled links as names for safedeploy_sites, safedeploy_confs and safedeploy_modules, where those mean them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from safedeploy.core.adopt.survey import destination
from safedeploy.core.errors import SafedeployError
from safedeploy.core.layouts import KINDS, Layout, Place
from safedeploy.core.tree import ABSENT, Entry, Kind

Tree = Mapping[str, Entry]


@dataclass(frozen=True, kw_only=True)
class Enabled:
    """What a host's taken entries are as names of each kind, and the entries that are to be declared one by one."""

    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rest: Tree = field(default_factory=dict)


def enabled(taken: Tree, live: Tree, layout: Layout, *, kinds: Collection[str] = KINDS) -> Enabled:
    """Split what is taken on a host. `live` is all that is there; `kinds` are those that may be used."""
    rest = dict(taken)
    names: dict[str, tuple[str, ...]] = {}
    for kind, place in (("sites", layout.sites), ("confs", layout.confs), ("modules", layout.module_files)):
        if kind not in kinds or place.available is None:
            continue
        found = [name for name in _candidates(rest, place, kind) if _means(layout, kind, name, live)]
        if found:
            names[kind] = tuple(found)
            for path in _entries(layout, kind, found):
                rest.pop(path, None)
    return Enabled(names=names, rest=rest)


def _candidates(taken: Tree, place: Place, kind: str) -> Sequence[str]:
    ending = ".load" if kind == "modules" else ".conf"
    start = f"{place.enabled}/"
    names = [
        path.removeprefix(start).removesuffix(ending)
        for path, entry in sorted(taken.items())
        if entry.kind is Kind.LINK and path.startswith(start) and path.endswith(ending)
    ]
    return [name for name in names if name and "/" not in name and not name.startswith(".")]


def _means(layout: Layout, kind: str, name: str, live: Tree) -> bool:
    """Whether enabling a name would change nothing on the host."""
    entries = _entries(layout, kind, [name])
    return bool(entries) and all(live.get(path, ABSENT) == entry for path, entry in entries.items())


def _entries(layout: Layout, kind: str, names: Sequence[str]) -> Tree:
    try:
        found = layout.enable(kind, names)
    except SafedeployError:  # a module of another package: it is enabled with a link of its own
        return {}
    return {destination(path, layout.server_root): entry for path, entry in found.items()}
