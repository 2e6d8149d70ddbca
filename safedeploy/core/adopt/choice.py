"""Which paths of a fleet are taken into the project, which stay as they are, and why. Pure.

Taken is what an administrator did: files of no package, files of a package that were edited, enabled links beyond those
that the package makes, and the package's own links that are gone. A path that is secret on any host stays on all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from safedeploy.core.adopt.survey import Survey, Surveyed, destination
from safedeploy.core.debian_modules import DEFAULT_CONFS, DEFAULT_MODULES, DEFAULT_SITES
from safedeploy.core.layouts import Layout
from safedeploy.core.tree import ABSENT, Entry, Kind

_LEFTOVER = re.compile(
    r"\.(dpkg|ucf)-\w+$|\.rpm(save|new|orig)$|\.(bak|old|orig|save|swp|swo|tmp|disabled|off)\d*$|~$|^\.#|^#.*#$"
    r"|^\.ht\.safedeploy\.|\.(bak|old|orig|save)[._-][\w-]*$"
)
_DEFAULTS = {"sites": DEFAULT_SITES, "confs": DEFAULT_CONFS, "modules": DEFAULT_MODULES}


class LeftKind(StrEnum):
    """Why something is left; only the first two are what a package or the project itself looks after."""

    PACKAGE = "package"
    MANAGED = "managed"
    SECRET = "secret"  # noqa: S105 - a kind, not a password
    LEFTOVER = "leftover"
    UNFIT = "unfit"


@dataclass(frozen=True, kw_only=True)
class Left:
    """A path that is left on these hosts as it is, with the reason."""

    path: str
    kind: LeftKind
    hosts: tuple[str, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A path that becomes part of the project: what it is on each host that has it."""

    path: str
    why: str
    entries: Mapping[str, Entry]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What is taken and what is left, both in the order of their paths."""

    taken: tuple[Taken, ...] = ()
    left: tuple[Left, ...] = ()
    outside: tuple[str, ...] = field(default=())


def choose(
    surveys: Sequence[Survey],
    layouts: Mapping[str, Layout],
    *,
    managed: Mapping[str, Iterable[str]],
    everything: bool = False,
) -> Choice:
    """Decide on every path. `managed` are the destinations that the project declares already, of each host."""
    taken: list[Taken] = []
    left: list[Left] = []
    loaded = frozenset().union(*(survey.loaded or () for survey in surveys))
    own = {host: frozenset(paths) for host, paths in managed.items()}
    stock = {host: default_links(layout) for host, layout in layouts.items()}
    disabled = {} if everything else _disabled(surveys, stock)
    for path in sorted({path for survey in surveys for path in survey.entries} | set(disabled)):
        found = {survey.host: survey.entries[path] for survey in surveys if path in survey.entries}
        here = {host: one for host, one in found.items() if path not in own.get(host, ())}
        _note(left, path, LeftKind.MANAGED, [host for host in found if host not in here], "the project has it already")
        gone = {host: ABSENT for host in disabled.get(path, ()) if path not in own.get(host, ())}
        if gone:
            taken.append(Taken(path=path, why="what the package enables is disabled", entries=gone))
        if here:
            defaults = {host for host, one in here.items() if stock[host].get(path) == one.entry}
            _one(path, here, defaults, loaded=path in loaded, everything=everything, taken=taken, left=left)
    return Choice(taken=_joined(taken), left=tuple(left), outside=_outside(surveys))


def _one(
    path: str,
    here: Mapping[str, Surveyed],
    defaults: set[str],
    *,
    loaded: bool,
    everything: bool,
    taken: list[Taken],
    left: list[Left],
) -> None:
    """Decide on one path."""
    secret = {host: one.secret for host, one in here.items() if one.secret}
    if secret:
        host, why = next(iter(secret.items()))
        where = f" on {host}" if len(secret) < len(here) else ""
        _note(left, path, LeftKind.SECRET, list(here), f"{why}{where}")
        return
    name = path.rpartition("/")[2]
    if _LEFTOVER.search(name) and not loaded:
        _note(left, path, LeftKind.LEFTOVER, list(here), "a leftover by its name, and httpd does not read it")
        return
    fit: dict[str, Entry] = {}
    for host, one in here.items():
        if one.unfit:
            _note(left, path, LeftKind.UNFIT, [host], one.unfit)
        else:
            fit[host] = one.entry
    links = {host: entry for host, entry in fit.items() if entry.kind is Kind.LINK}
    packaged = {*defaults, *(host for host in links if here[host].package == "unchanged")}
    ours = {host: entry for host, entry in links.items() if everything or host not in packaged}
    stock = [host for host in links if host not in ours]
    _note(left, path, LeftKind.PACKAGE, stock, "a link as its package makes it")
    files = {host: entry for host, entry in fit.items() if entry.kind is Kind.FILE}
    states = {here[host].package for host in files}
    if files and states == {"unchanged"} and not everything:
        _note(left, path, LeftKind.PACKAGE, list(files), "as its package has it")
        files = {}
    if ours or files:
        taken.append(Taken(path=path, why=_why(ours, states, everything=everything), entries={**ours, **files}))


def _why(links: Mapping[str, Entry], states: set[str | None], *, everything: bool) -> str:
    if links:
        return "a link that no package makes" if not everything else "a link"
    if "edited" in states:
        return "its package has it otherwise"
    return "of no package" if states != {"unchanged"} else "everything was asked for"


def _note(left: list[Left], path: str, kind: LeftKind, hosts: list[str], why: str) -> None:
    if not hosts:
        return
    if left and (left[-1].path, left[-1].kind, left[-1].why) == (path, kind, why):
        hosts = [*left.pop().hosts, *hosts]
    left.append(Left(path=path, kind=kind, hosts=tuple(hosts), why=why))


def _joined(taken: list[Taken]) -> tuple[Taken, ...]:
    """One `Taken` for each path, though its link may be there on some hosts and gone on others."""
    found: dict[str, Taken] = {}
    for one in taken:
        before = found.get(one.path)
        found[one.path] = (
            one if before is None else Taken(path=one.path, why=one.why, entries={**before.entries, **one.entries})
        )
    return tuple(found.values())


def default_links(layout: Layout) -> dict[str, Entry]:
    """What the package enables on a fresh host: nothing where files are enabled by lying in their directory."""
    if layout.modules is None:
        return {}
    found: dict[str, Entry] = {}
    for kind, names in _DEFAULTS.items():
        found.update(layout.enable(kind, names))
    root = layout.server_root
    return {destination(path, root): entry for path, entry in found.items() if entry.kind is Kind.LINK}


def _disabled(surveys: Sequence[Survey], defaults: Mapping[str, Mapping[str, Entry]]) -> dict[str, list[str]]:
    """The package's links that are gone although what they lead to is there, with the hosts."""
    found: dict[str, list[str]] = {}
    for survey in surveys:
        for path, entry in defaults[survey.host].items():
            target = (entry.target or "").removeprefix("../")
            if path not in survey.entries and target in survey.entries:
                found.setdefault(path, []).append(survey.host)
    return found


def _outside(surveys: Sequence[Survey]) -> tuple[str, ...]:
    """What httpd reads that lies outside of its server root."""
    return tuple(sorted({path for survey in surveys for path in survey.loaded or () if path.startswith("/")}))
