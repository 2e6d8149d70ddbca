"""Directives as httpd itself knows them: of which module, where they may stand, what lets them into .htaccess."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from safedeploy.core.nearest import nearest
from safedeploy.lint.knowledge.elsewhere import module_of
from safedeploy.lint.knowledge.packaged import read

MANUAL = "https://httpd.apache.org/docs/2.4/mod/"
# The httpd whose tables these are: a later one may have directives that are not in them.
VERSION = (2, 4, 71)
PLACES = frozenset({"server", "vhost", "directory", "location", "files", "if", "proxy", "limit"})
OVERRIDES = frozenset({"AuthConfig", "FileInfo", "Indexes", "Limit", "Options"})


@dataclass(frozen=True, kw_only=True)
class Known:
    """One directive, or the first line of a section.

    `modules` are symbols; any of them brings it. `places` are kinds of sections that take it: server, vhost, directory
    (DirectoryMatch too), location, files, if, proxy, limit. `overrides` are classes of AllowOverride, any of which lets
    it into .htaccess; none: it may not stand there. `arguments` is how httpd takes them: raw, flag, none, iterate,
    iterate2, argv, or numbers. `since` is the first 2.4.x that has it, where that is not the first of all; `platform`
    is set for what only other systems than Linux have.
    """

    name: str
    section: bool
    modules: tuple[str, ...]
    places: frozenset[str]
    overrides: frozenset[str]
    arguments: str
    since: tuple[int, int, int] | None = None
    platform: str | None = None
    page: str | None = None

    @property
    def shown(self) -> str:
        """The name as it is written, a section in its brackets."""
        return f"<{self.name}>" if self.section else self.name

    @property
    def manual(self) -> str | None:
        """The address of its description; None for modules that are not httpd's own."""
        return self.page and f"{MANUAL}{self.page}.html#{self.name.lower()}"


@dataclass(frozen=True, kw_only=True)
class Past:
    """A directive of the past. `removed`: the version that has it no more; None while it is only outdated."""

    name: str
    removed: str | None
    instead: str


def find(name: str, *, section: bool = False) -> Known | None:
    """A directive by its name in any letter case; a section's without brackets."""
    return _find(_key(name, section=section))


def past(name: str) -> Past | None:
    """What became of a directive, if it is one of the past."""
    entry = read("history.toml").get(name.lower())
    if entry is None:
        return None
    return Past(name=entry["name"], removed=entry.get("removed"), instead=entry["instead"])


def providers(name: str) -> tuple[str, ...] | None:
    """The symbols of the modules that have a directive; a section's name with or without its bracket. None: unknown."""
    found = [one for one in (find(name.strip("<>"), section=each) for each in (False, True)) if one is not None]
    return tuple(dict.fromkeys(module for one in found for module in one.modules)) or None


def similar(name: str, *, section: bool = False) -> str | None:
    """The known name that a misspelled one was probably meant to be, as it is written."""
    match = nearest(name, _names(section=section))
    known = find(match, section=section) if match else None
    return None if known is None else known.shown


def _key(name: str, *, section: bool) -> str:
    return f"<{name.lower()}" if section else name.lower()


@functools.cache
def _names(*, section: bool) -> tuple[str, ...]:
    return tuple(key.removeprefix("<") for key in read("directives.json") if key.startswith("<") is section)


@functools.cache
def _find(key: str) -> Known | None:
    entry = read("directives.json").get(key)
    if entry is None:
        return _from_elsewhere(key)
    since = tuple(int(part) for part in entry["since"].split(".")) if "since" in entry else None
    return Known(
        name=entry["name"].removeprefix("<"),
        section=key.startswith("<"),
        modules=tuple(entry["modules"]),
        places=frozenset(entry["in"]),
        overrides=frozenset(entry.get("override", ())),
        arguments=entry["args"],
        since=(since[0], since[1], since[2]) if since else None,
        platform=entry.get("platform"),
        page=entry.get("page"),
    )


def _from_elsewhere(key: str) -> Known | None:
    """What is known of a directive by its name alone: it is taken to fit everywhere."""
    symbol = None if key.startswith("<") else module_of(key)
    if symbol is None:
        return None
    return Known(
        name=key, section=False, modules=(symbol,), places=PLACES, overrides=OVERRIDES, arguments="raw"
    )  # fmt: skip
