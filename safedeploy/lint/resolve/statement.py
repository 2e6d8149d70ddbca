"""One directive as httpd would read it: its arguments, where it stands, how it was reached and whether it counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from safedeploy.lint.syntax.nodes import Directive, Opening
from safedeploy.lint.syntax.position import Position


class Kind(Enum):
    """How a file or a macro came to be read."""

    MAIN = "main"
    INCLUDE = "include"
    USE = "use"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """One step on the way to a directive: the main file, an Include or a Use.

    `name` is the file as httpd names it (links not followed) or the macro; `position` is the directive that led there,
    None for the main file and for an .htaccess.
    """

    kind: Kind
    name: str
    position: Position | None = None


@dataclass(frozen=True, kw_only=True)
class Guard:
    """A condition that a directive stands under: IfModule, IfDefine, IfVersion, IfFile, IfDirective, IfSection.

    `argument` is what is asked for, without the `!` that `negated` tells of; `holds` is the answer with it.
    """

    directive: Opening = field(repr=False)
    argument: str
    negated: bool
    holds: bool | None

    @property
    def key(self) -> str:
        """Which condition it is, in lower case: ifmodule."""
        return self.directive.key


@dataclass(frozen=True, kw_only=True, eq=False)
class Enclosing:
    """A section that a directive stands in, conditions aside: Directory, Location, If, Limit, RequireAny ..."""

    directive: Directive = field(repr=False)
    arguments: tuple[str, ...]

    @cached_property
    def key(self) -> str:
        """Which section it is, in lower case: directorymatch."""
        return self.directive.key

    @property
    def position(self) -> Position:
        """Where the section begins."""
        return self.directive.position


@dataclass(frozen=True, kw_only=True, eq=False)
class Context:
    """Where a directive stands. Two directives stand in the same section when their contexts are the same object.

    `sections` are outermost first, VirtualHost among them; `htaccess` is the directory of the .htaccess file that it
    is in, None for the server's configuration.
    """

    sections: tuple[Enclosing, ...] = ()
    htaccess: str | None = None

    @cached_property
    def host(self) -> Enclosing | None:
        """The virtual host that it is in; None in the main server and in .htaccess."""
        return next((section for section in self.sections if section.key == "virtualhost"), None)

    @cached_property
    def inner(self) -> tuple[Enclosing, ...]:
        """The sections without the virtual host."""
        return tuple(section for section in self.sections if section.key != "virtualhost")

    def within(self, *keys: str) -> Enclosing | None:
        """The innermost enclosing section of these kinds, given in lower case."""
        return next((section for section in reversed(self.sections) if section.key in keys), None)


@dataclass(frozen=True, kw_only=True, eq=False)
class Statement:
    """One directive, or the first line of a section.

    `section` is the section that it begins, None for conditions too: what stands in it has it among its context's.
    `arguments` are words with variables and macro arguments replaced; a variable that is not defined, or of which
    nobody knows the value, is left as written. `active` is False where a condition does not hold, so that httpd never
    sees it, and None where that depends on what is not known. `certain` is False where a variable's value is not.
    """

    directive: Directive
    arguments: tuple[str, ...]
    context: Context = field(repr=False)
    origins: tuple[Origin, ...] = field(repr=False)
    guards: tuple[Guard, ...] = field(default=(), repr=False)
    active: bool | None = True
    certain: bool = True
    section: Enclosing | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The directive's name as written; of a section without its bracket."""
        return self.directive.name

    @cached_property
    def key(self) -> str:
        """The name in lower case."""
        return self.directive.key

    @property
    def position(self) -> Position:
        """Where it is written, links followed: for a directive out of a macro, in the macro's definition."""
        return self.directive.position

    @property
    def is_section(self) -> bool:
        """Whether this is the first line of a section or a condition."""
        return isinstance(self.directive, Opening)

    @property
    def file(self) -> str:
        """The file that it came from as httpd names it, links not followed; for a macro, where it was used."""
        return next(origin.name for origin in reversed(self.origins) if origin.kind is not Kind.USE)

    @property
    def argument(self) -> str:
        """The first argument, or nothing."""
        return self.arguments[0] if self.arguments else ""

    def word_position(self, number: int) -> Position:
        """The position of an argument, counted from 0; of the whole directive where variables moved the words."""
        words = self.directive.words
        return words[number].position if number < len(words) == len(self.arguments) else self.position
