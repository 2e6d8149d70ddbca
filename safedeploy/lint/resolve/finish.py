"""When everything has been read: notes become statements, and sections become contexts."""

from __future__ import annotations

from safedeploy.lint.resolve.configuration import MissingInclude, Undefined
from safedeploy.lint.resolve.notes import Enclosure, Notes, Read
from safedeploy.lint.resolve.statement import Context, Enclosing, Statement


class Finish:
    """Turns notes into statements. `outside` is the context in which everything stands that is in no section."""

    def __init__(self, notes: Notes, outside: Context) -> None:
        self._notes = notes
        self._outside = outside
        self._contexts: dict[int, Context] = {}
        self._sections: dict[int, Enclosing] = {}
        for enclosure in notes.enclosures:
            self._contexts[id(enclosure)] = self._context(enclosure)
        self.statements = tuple(self._statement(read) for read in notes.reads)
        self._made = {id(read): made for read, made in zip(notes.reads, self.statements, strict=True)}

    @property
    def missing(self) -> tuple[MissingInclude, ...]:
        """The includes that find nothing."""
        return tuple(
            MissingInclude(statement=self._made[id(read)], pattern=path, optional=optional, certain=sure)
            for read, path, optional, sure in self._notes.missing
        )

    @property
    def undefined(self) -> tuple[Undefined, ...]:
        """The variables that stay as written, in order."""
        return tuple(
            Undefined(name=name, statement=self._made[id(read)], certain=sure)
            for name, read, sure in self._notes.undefined
        )

    def _context(self, enclosure: Enclosure) -> Context:
        around = self._contexts[id(enclosure.around)] if enclosure.around else self._outside
        section = Enclosing(directive=enclosure.begin.directive, arguments=enclosure.begin.arguments)
        self._sections[id(enclosure.begin)] = section
        return Context(sections=(*around.sections, section), htaccess=around.htaccess)

    def _statement(self, read: Read) -> Statement:
        return Statement(
            directive=read.directive,
            arguments=read.arguments,
            context=self._contexts[id(read.within)] if read.within else self._outside,
            origins=read.origins,
            guards=read.guards,
            active=read.active,
            certain=read.certain,
            section=self._sections.get(id(read)),
        )
