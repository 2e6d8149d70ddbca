"""Writes what was taken as files of a project: contents, declarations and variables. Pure: names and bytes come out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from safedeploy.core.adopt import yaml_text
from safedeploy.core.adopt.choice import Choice
from safedeploy.core.adopt.enabled import enabled
from safedeploy.core.adopt.naming import Names
from safedeploy.core.adopt.scope import Reach, reach, scoped
from safedeploy.core.adopt.sources import Source, Sources
from safedeploy.core.layouts import KINDS, Layout
from safedeploy.core.tree import Entry, Kind

HEAD = "---\n# What `safedeploy adopt` found {where}. From now on it is the project's: edit it like any other file.\n"
STANDARD_MODE = "0644"
Item = tuple[tuple[str, yaml_text.Value], ...]


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The fleet and the project that things are written for. `groups` have their members; `owners` whoever deploys.

    `known` are names of variables that are in use, `live` is what each host has, `said` are the kinds of names (sites,
    confs, modules) that the project says already, `found` is the layout of hosts for which none was given, `there` are
    the names that templates/ and files/ have already, `again` tells this adoption's variables from an earlier one's.
    """

    environment: str
    hosts: Sequence[str]
    groups: Mapping[str, Sequence[str]]
    layouts: Mapping[str, Layout]
    owners: Mapping[str, str]
    known: frozenset[str]
    live: Mapping[str, Mapping[str, Entry]]
    said: frozenset[str] = frozenset()
    found: Mapping[str, str] = field(default_factory=dict)
    there: frozenset[str] = frozenset()
    again: str = ""


@dataclass(frozen=True, kw_only=True)
class Became:
    """What one path became: `how` in a word or two, on which hosts, and the variables that it differs by."""

    path: str
    why: str
    how: str
    hosts: tuple[str, ...]
    variables: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Written:
    """New files: `templates` and `static` below their directories, `variables` as (group, host, text)."""

    templates: Mapping[str, bytes] = field(default_factory=dict)
    static: Mapping[str, bytes] = field(default_factory=dict)
    variables: tuple[tuple[str | None, str | None, str], ...] = ()
    became: tuple[Became, ...] = ()


def write(choice: Choice, contents: Mapping[str, bytes], ground: Ground) -> Written:
    """Make the files. `contents` has the bytes by digest of every file that is taken."""
    names = Names(ground.known)
    sources = Sources(ground.environment, ground.hosts, names, ground.there)
    page = Page(ground)
    made: list[Source] = []
    became: list[Became] = []
    listed = _listed(choice, ground, page)
    for taken in choice.taken:
        files = {host: entry for host, entry in taken.entries.items() if entry.kind is Kind.FILE}
        bodies = {host: contents[str(entry.sha256)] for host, entry in files.items()}
        for source in sources.of(taken.path, bodies):
            made.append(source)
            page.files(source, taken.path, files)
            how = "template" if source.template else "file"
            became.append(
                Became(path=taken.path, why=taken.why, how=how, hosts=source.hosts, variables=source.variables)
            )
        for host, kind in listed.get(taken.path, {}).items():
            _add(became, Became(path=taken.path, why=taken.why, how=f"safedeploy_{kind}", hosts=(host,)))
        for host, entry in taken.entries.items():
            if entry.kind is not Kind.FILE and host not in listed.get(taken.path, {}):
                page.entry(taken.path, entry, host)
                how = "absent" if entry.kind is Kind.ABSENT else "link"
                _add(became, Became(path=taken.path, why=taken.why, how=how, hosts=(host,)))
    for name, values in names.variables():
        page.variable(name, {host: yaml_text.number_or_text(value) for host, value in values.items()})
    return Written(
        templates={source.name: source.data for source in made if source.template},
        static={source.name: source.data for source in made if not source.template},
        variables=page.texts(),
        became=tuple(became),
    )


def _listed(choice: Choice, ground: Ground, page: Page) -> dict[str, dict[str, str]]:
    """Say links by name where that means the same; path -> host -> kind of those that are said so."""
    found: dict[str, dict[str, str]] = {}
    lists: dict[str, dict[str, tuple[str, ...]]] = {kind: {} for kind in KINDS}
    for host in ground.hosts:
        taken = {one.path: one.entries[host] for one in choice.taken if host in one.entries}
        split = enabled(taken, ground.live[host], ground.layouts[host], kinds=set(KINDS) - ground.said)
        for kind in KINDS:
            lists[kind][host] = split.names.get(kind, ())
        for path, entry in taken.items():
            if path not in split.rest and entry.kind is not Kind.FILE:
                found.setdefault(path, {})[host] = _kind_of(path, ground.layouts[host])
    for kind, values in lists.items():
        if any(values.values()):
            page.variable(f"safedeploy_{kind}", values)
    if ground.found:
        page.variable("safedeploy_layout", ground.found)
    return found


def _kind_of(path: str, layout: Layout) -> str:
    places = {"sites": layout.sites, "confs": layout.confs, "modules": layout.module_files}
    return next(kind for kind, place in places.items() if path.startswith(f"{place.enabled}/"))


def _add(became: list[Became], one: Became) -> None:
    """Join it with the last one where only the host differs."""
    if became and (became[-1].path, became[-1].how) == (one.path, one.how):
        last = became.pop()
        one = Became(path=one.path, why=one.why, how=one.how, hosts=(*last.hosts, *one.hosts))
    became.append(one)


class Page:
    """The variable files in the making: entries of safedeploy_files_adopted* and variables, each where it belongs."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._entries: dict[tuple[str | None, str | None], dict[Item, None]] = {}
        self._pending: dict[tuple[str, Item], list[str]] = {}
        self._variables: dict[tuple[str | None, str | None], dict[str, yaml_text.Value]] = {}

    def files(self, source: Source, dest: str, files: Mapping[str, Entry]) -> None:
        """Declare a source for its hosts, with the mode and owner that the file has on each."""
        for host in source.hosts:
            word = "template" if source.template else "static"
            attributes = _attributes(files[host], self._ground.owners[host])
            self._pend(dest, ((word, source.name), ("dest", dest), *attributes), host)

    def entry(self, dest: str, entry: Entry, host: str) -> None:
        """Declare a link, or that nothing is there."""
        first: tuple[str, yaml_text.Value] = ("link", entry.target or "")
        if entry.kind is Kind.ABSENT:
            first = ("absent", True)
        self._pend(dest, (first, ("dest", dest)), host)

    def _pend(self, dest: str, item: Item, host: str) -> None:
        self._pending.setdefault((dest, item), []).append(host)

    def variable(self, name: str, values: Mapping[str, yaml_text.Value]) -> None:
        """Say a variable for the hosts that have a value."""
        where = scoped(values, self._ground.hosts, self._ground.groups)
        for value in where.everywhere:
            if value != ():
                self._variables.setdefault((None, None), {})[name] = value
        for group, value in where.groups.items():
            self._variables.setdefault((group, None), {})[name] = value
        for host, value in where.hosts.items():
            if value != () or where.everywhere or where.groups:
                self._variables.setdefault((None, host), {})[name] = value

    def texts(self) -> tuple[tuple[str | None, str | None, str], ...]:
        """Every variable file as (group, host, text); neither for all hosts."""
        for (_, item), those in self._pending.items():
            for one in reach(those, self._ground.hosts, self._ground.groups):
                self._entry(item, one)
        places = sorted({*self._entries, *self._variables}, key=lambda place: (place[0] or "", place[1] or ""))
        return tuple((group, host, self._text(group, host)) for group, host in places)

    def _entry(self, item: Item, one: Reach) -> None:
        whole = item if one.when is None else (*item, ("when", one.when))
        self._entries.setdefault((one.group, one.host), {})[whole] = None

    def _text(self, group: str | None, host: str | None) -> str:
        where = f"on {host} alone" if host else f"on the hosts of {group}" if group else "on these hosts"
        lines = [HEAD.format(where=where).rstrip("\n")]
        variables = self._variables.get((group, host), {})
        lines += [f"{name}: {yaml_text.value(value)}" for name, value in sorted(variables.items(), key=_own_last)]
        entries = self._entries.get((group, host), {})
        if entries:
            lines += ["", f"{self._files_name(group, host)}:"]
            lines += [yaml_text.entry(dict(item)) for item in entries]
        return "\n".join(lines) + "\n"

    def _files_name(self, group: str | None, host: str | None) -> str:
        """The name of the variable of entries: of its own for each group, for all of them add up."""
        name = f"safedeploy_files_adopted{self._ground.again}"
        if host or group is None:
            return f"{name}_host" if host else name
        alike = [one for one in sorted(self._ground.groups) if _as_name(one) == _as_name(group)]
        number = alike.index(group)
        return f"{name}_group_{_as_name(group)}{f'_{number + 1}' if number else ''}"


def _as_name(group: str) -> str:
    """The name of a group as a part of a variable's name."""
    return "".join(one if one.isascii() and one.isalnum() else "_" for one in group)


def _attributes(entry: Entry, owner: str) -> Item:
    """The mode and owner, where they are not what is assumed."""
    found: list[tuple[str, yaml_text.Value]] = []
    if entry.mode != STANDARD_MODE:
        found.append(("mode", str(entry.mode)))
    if entry.owner != owner:
        found.append(("owner", str(entry.owner)))
    if entry.group != entry.owner:
        found.append(("group", str(entry.group)))
    return tuple(found)


def _own_last(item: tuple[str, yaml_text.Value]) -> tuple[bool, str]:
    return not item[0].startswith("safedeploy_"), item[0]
