"""The servers of a configuration, the main one and the virtual hosts: what holds in each, and in which order.

A virtual host has everything of the main server too, its own after it. Pure; what is not known counts as possible.
Source: https://httpd.apache.org/docs/2.4/sections.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from weakref import WeakKeyDictionary

from safedeploy.lint.patterns import compiled
from safedeploy.lint.resolve.configuration import Configuration, Host
from safedeploy.lint.resolve.overrides import section_directory
from safedeploy.lint.resolve.paths import is_pattern, pattern
from safedeploy.lint.resolve.statement import Context, Enclosing, Statement

GROUPING = frozenset({"requireall", "requireany", "requirenone"})
_ALIASES = frozenset({"alias", "scriptalias"})
# Directives with which a server may answer for any path, without a file below its document root.
_FOR_ANY_PATH = frozenset(
    {"proxypassmatch", "aliasmatch", "scriptaliasmatch", "virtualdocumentroot", "virtualdocumentrootip",
     "virtualscriptalias", "jkmount", "jkautoalias", "wsgiscriptaliasmatch", "passengerenabled", "passengerapproot",
     "fallbackresource"}
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Server:
    """The main server (`host` is None) or a virtual host, which has all of `main`'s before its own."""

    host: Host | None
    own: tuple[Statement, ...] = field(repr=False)
    main: Server | None = field(default=None, repr=False)
    laid_over: dict[str, tuple[Layer, ...]] = field(default_factory=dict, repr=False)  # what `layers` found

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The main server's, then its own."""
        return (*(self.main.own if self.main else ()), *self.own)

    @cached_property
    def _outside_sections(self) -> dict[str, list[Statement]]:
        """Its own directives that stand in no section of it, by name; inactive ones not."""
        found: dict[str, list[Statement]] = {}
        for each in self.own:
            if each.active is not False and not each.context.inner:
                found.setdefault(each.key, []).append(each)
        return found

    @property
    def shown(self) -> str:
        """What a message calls it."""
        if self.host is None:
            return "the main server"
        return self.host.name or f"the virtual host {' '.join(self.host.statement.arguments)}"

    def named(self, *names: str) -> tuple[Statement, ...]:
        """The directives of these names, in lower case, that stand in no section of the server; inactive ones not."""
        own = [each for name in names for each in self._outside_sections.get(name, ())]
        if len(names) > 1:
            own.sort(key=self._number)
        return (*(self.main.named(*names) if self.main else ()), *own)

    def _number(self, statement: Statement) -> int:
        return self._numbers[id(statement)]

    @cached_property
    def _numbers(self) -> dict[int, int]:
        return {id(each): number for number, each in enumerate(self.own)}

    @property
    def document_root(self) -> Statement | None:
        """The DocumentRoot that holds."""
        found = [each for each in self.named("documentroot") if each.arguments]
        return found[-1] if found else None

    @property
    def aliases(self) -> tuple[Statement, ...]:
        """Alias and ScriptAlias in the order in which httpd tries them: its own before the main server's."""
        found = [each for each in self.named(*_ALIASES) if len(each.arguments) == 2]
        own = [each for each in found if each.context.host is not None]
        return (*own, *(each for each in found if each.context.host is None))

    @cached_property
    def may_answer_any_path(self) -> bool:
        """Whether something else than the document root may answer whatever is asked for."""
        if self.main is not None and self.main.may_answer_any_path:
            return True
        return any(_answers_any_path(each) for each in self.own if each.active is not False)


@dataclass(frozen=True, kw_only=True, eq=False)
class Layer:
    """One <Directory> section for a directory with what stands in it. `sure` is False where it may not be for it."""

    section: Enclosing
    statements: tuple[Statement, ...]
    sure: bool

    @property
    def path(self) -> str | None:
        """The directory or pattern with a slash at its end; None for a regular expression."""
        return section_directory(self.section)


# Every rule asks for the servers, and what is worked out of them is kept in them.
_SERVERS: WeakKeyDictionary[Configuration, tuple[Server, ...]] = WeakKeyDictionary()


def servers(configuration: Configuration) -> tuple[Server, ...]:
    """The main server, then the virtual hosts that httpd has or may have."""
    found = _SERVERS.get(configuration)
    if found is None:
        found = _SERVERS[configuration] = tuple(_servers(configuration))
    return found


def _servers(configuration: Configuration) -> Iterator[Server]:
    # The first lines of virtual hosts stand in none: as many as there are hosts, and nothing of the main server.
    outside = (each for each in configuration.statements if each.context.host is None and each.key != "virtualhost")
    main = Server(host=None, own=tuple(outside))
    yield main
    for host in configuration.hosts:
        if host.active is not False:
            yield Server(host=host, own=host.statements, main=main)


def layers(server: Server, directory: str) -> tuple[Layer, ...]:
    """The <Directory> sections for a directory in the order in which httpd lays them over each other."""
    path = directory.rstrip("/") + "/"
    if path not in server.laid_over:
        server.laid_over[path] = _layers(server, path)
    return server.laid_over[path]


def _layers(server: Server, path: str) -> tuple[Layer, ...]:
    levels = [path[: at + 1] for at, character in enumerate(path) if character == "/"]
    found: dict[int, tuple[Enclosing, list[Statement]]] = {}
    for each in server.statements:
        section = next((one for one in each.context.inner if one.key in ("directory", "directorymatch")), None)
        if section is not None and each.active is not False:
            found.setdefault(id(section), (section, []))[1].append(each)
    plain: list[tuple[int, Layer]] = []
    expressions: list[Layer] = []
    for section, statements in found.values():
        place = section_directory(section)
        if place is None:
            match = _matches(section, path)
            if match is not False:
                expressions.append(Layer(section=section, statements=tuple(statements), sure=match is True))
        elif "${" in place or _covers(place, levels):
            sure = "${" not in place and all(each.active is True for each in statements)
            plain.append((place.count("/"), Layer(section=section, statements=tuple(statements), sure=sure)))
    return (*(layer for _, layer in sorted(plain, key=lambda one: one[0])), *expressions)


def may_overlap(one: Context, other: Context) -> bool:
    """Whether some request may be for both places. Two of the same kind with unlike paths surely share none."""
    if one.host is not None and other.host is not None and one.host is not other.host:
        return False
    for kind in ("location", "directory"):
        first, second = _place(one, kind), _place(other, kind)
        if first is not None and second is not None and not (first.startswith(second) or second.startswith(first)):
            return False
    return True


def _place(context: Context, kind: str) -> str | None:
    """The plain path of a place, with a slash at its end; None where it is not known or of another kind."""
    if kind == "directory" and context.htaccess is not None:
        return context.htaccess.rstrip("/") + "/"
    section = next((each for each in context.inner if each.key == kind), None)
    if section is None or len(section.arguments) != 1:
        return None
    path = section.arguments[0]
    return None if is_pattern(path) or "${" in path else path.rstrip("/") + "/"


def _covers(place: str, levels: list[str]) -> bool:
    if not is_pattern(place):
        return place in levels
    wanted = pattern(place, hidden=True)
    return any(wanted.fullmatch(level) for level in levels)


def _matches(section: Enclosing, path: str) -> bool | None:
    """Whether a section with a regular expression is for a directory; None where that cannot be told."""
    wanted = compiled(section.arguments[-1]) if section.arguments else None
    return None if wanted is None else wanted.search(path) is not None


def _answers_any_path(each: Statement) -> bool:
    if each.key in _FOR_ANY_PATH:
        return True
    if each.key == "rewriterule":
        return len(each.arguments) > 1 and each.arguments[1] != "-"
    location = each.context.within("location", "locationmatch", "if")
    if location is not None:
        everything = location.key != "location" or location.arguments in (("/",), ("",))
        return everything and each.key in ("proxypass", "sethandler", "redirect", "redirectmatch", "alias")
    if each.context.inner:
        return each.key == "sethandler" and each.argument.lower() not in ("none", "default-handler")
    if each.key in ("redirect", "redirectpermanent", "redirecttemp", "proxypass", "wsgiscriptalias", *_ALIASES):
        return "/" in each.arguments[:2]
    return each.key in ("redirectmatch", "sethandler")
