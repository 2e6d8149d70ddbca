"""What the resolver hands to the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from safedeploy.lint.files import Files
from safedeploy.lint.resolve.modules import identifier
from safedeploy.lint.resolve.paths import absolute
from safedeploy.lint.resolve.statement import Context, Enclosing, Origin, Statement
from safedeploy.lint.syntax.position import Position

# What is unknown of a file that is read by itself.
AROUND = "the configuration around this file"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What stops httpd from reading the configuration. `certain` is False where that depends on what is not known.

    `file` and `named_line` are what httpd names; inside a macro, of its use.
    """

    position: Position
    text: str
    file: str
    named_line: int
    when: str = "read"
    certain: bool = True
    origins: tuple[Origin, ...] = field(default=(), repr=False)


@dataclass(frozen=True, kw_only=True)
class MissingInclude:
    """An Include whose file, directory or pattern finds nothing. `optional` ones httpd passes over in silence.

    `certain` is False where the place is not known completely, so that there may be something after all.
    """

    statement: Statement
    pattern: str
    optional: bool
    certain: bool


@dataclass(frozen=True, kw_only=True)
class Undefined:
    """A `${name}` that stays as written. `certain` is False where the host's environment may have it."""

    name: str
    statement: Statement
    certain: bool


@dataclass(frozen=True, kw_only=True)
class Address:
    """One address of a virtual host, or of Listen: `host` is `*` for any; `port` is None for any."""

    text: str
    host: str
    port: int | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Host:
    """A virtual host. Names are in lower case without scheme and port; `name` is None where ServerName is missing."""

    statement: Statement
    addresses: tuple[Address, ...]
    name: str | None
    aliases: tuple[str, ...]
    statements: tuple[Statement, ...] = field(repr=False)
    server_name: Statement | None = field(default=None, repr=False)

    @property
    def active(self) -> bool | None:
        """Whether httpd has this host."""
        return self.statement.active

    @property
    def position(self) -> Position:
        """Where its section begins."""
        return self.statement.position

    def named(self, name: str) -> tuple[Statement, ...]:
        """Its directives of a name, in order, those of inner sections among them; inactive ones left out."""
        key = name.lower()
        return tuple(each for each in self.statements if each.key == key and each.active is not False)


@dataclass(frozen=True, kw_only=True)
class Overrides:
    """What .htaccess may do in a directory: `classes` of AllowOverride, `directives` of AllowOverrideList, lower case.

    `options` are those that Options may set, None for all. `nonfatal` directives that are not allowed are skipped.
    """

    classes: frozenset[str] = frozenset()
    directives: frozenset[str] = frozenset()
    options: frozenset[str] | None = None
    nonfatal: str | None = None

    @property
    def none(self) -> bool:
        """Whether httpd does not even read the file."""
        return not self.classes and not self.directives


@dataclass(frozen=True, kw_only=True, eq=False)
class Htaccess:
    """One .htaccess file. `overrides` is what each server that serves its directory allows; None: the main server."""

    path: str
    directory: str
    statements: tuple[Statement, ...] = field(repr=False)
    overrides: tuple[tuple[Host | None, Overrides], ...]
    problems: tuple[Problem, ...] = ()
    certain: bool = True

    @property
    def is_read(self) -> bool | None:
        """Whether httpd reads it: None where servers differ or not all is known."""
        answers = {not allowed.none for _, allowed in self.overrides}
        return answers.pop() if len(answers) == 1 and self.certain else None

    def allows(self, override: str) -> bool | None:
        """Whether directives of an override class (`fileinfo`, `authconfig`, ...) may stand in it; None: it depends."""
        answers = {override.lower() in allowed.classes for _, allowed in self.overrides}
        return answers.pop() if len(answers) == 1 and self.certain else None


@dataclass(frozen=True, kw_only=True, eq=False)
class Configuration:
    """The configuration as httpd would read it.

    `statements` are in the order in which httpd would process them, those under conditions that do not hold included.
    `hosts` are the virtual hosts, `listens` the active Listen directives with their addresses. `read` are the files
    that httpd reads, links followed. `unknown` says in words what of the configuration nobody has seen; it is
    `complete` when that is nothing and no condition is undecided.
    """

    files: Files = field(repr=False)
    server_root: str
    main: str
    statements: tuple[Statement, ...] = field(repr=False)
    hosts: tuple[Host, ...] = ()
    htaccess: tuple[Htaccess, ...] = ()
    listens: tuple[tuple[Statement, Address], ...] = ()
    problems: tuple[Problem, ...] = ()
    missing_includes: tuple[MissingInclude, ...] = ()
    undefined: tuple[Undefined, ...] = ()
    defines: Mapping[str, str | None] = field(default_factory=dict)
    modules: Mapping[str, bool | None] = field(default_factory=dict)
    modules_complete: bool = False
    complete: bool = False
    unknown: tuple[str, ...] = ()
    main_context: Context = field(default_factory=Context, repr=False)
    read: frozenset[str] = field(default=frozenset(), repr=False)

    @cached_property
    def _by_key(self) -> dict[str, tuple[Statement, ...]]:
        found: dict[str, list[Statement]] = {}
        for statement in self.statements:
            if statement.active is not False:
                found.setdefault(statement.key, []).append(statement)
        return {key: tuple(statements) for key, statements in found.items()}

    def named(self, *names: str) -> tuple[Statement, ...]:
        """The directives and sections of these names, in any letter case, in order; inactive ones are left out."""
        if len(names) == 1:
            return self._by_key.get(names[0].lower(), ())
        keys = {name.lower() for name in names}
        return tuple(each for each in self.statements if each.key in keys and each.active is not False)

    @cached_property
    def _by_section(self) -> dict[int, tuple[Statement, ...]]:
        found: dict[int, list[Statement]] = {}
        for statement in self.statements:
            for section in statement.context.sections:
                found.setdefault(id(section), []).append(statement)
        return {key: tuple(statements) for key, statements in found.items()}

    def inside(self, section: Enclosing) -> tuple[Statement, ...]:
        """Everything in a section, however deep, in order."""
        return self._by_section.get(id(section), ())

    def module(self, name: str) -> bool | None:
        """Whether a module is loaded, by any of its spellings (`ssl`, `ssl_module`, `mod_ssl.c`); None: not known."""
        return self.modules.get(identifier(name), False if self.modules_complete else None)

    @property
    def is_part(self) -> bool:
        """Whether it is one file by itself, and what other files have for it is not known."""
        return AROUND in self.unknown

    def absolute(self, path: str) -> str:
        """A path of the configuration as httpd takes it: relative ones begin at the ServerRoot."""
        return absolute(self.server_root, path)
