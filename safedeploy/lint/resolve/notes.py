"""What has been read so far: directives with where they stand, before the variables in them are replaced."""

from __future__ import annotations

from dataclasses import dataclass, field

from safedeploy.lint.resolve.configuration import Problem
from safedeploy.lint.resolve.statement import Guard, Kind, Origin
from safedeploy.lint.resolve.stream import Stream, Taken
from safedeploy.lint.syntax.nodes import Directive, Opening
from safedeploy.lint.syntax.position import SyntaxProblem

# Sections that are nested deeper are taken to stand beside each other: httpd would not survive them.
_DEEPEST = 200


@dataclass(frozen=True, kw_only=True, eq=False)
class Enclosure:
    """A section that something stands in, with the one around it. `begin` is its first line."""

    begin: Read
    around: Enclosure | None
    depth: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Read:
    """One directive or first line of a section, with its arguments after variables have been replaced."""

    directive: Directive
    within: Enclosure | None
    origins: tuple[Origin, ...]
    guards: tuple[Guard, ...]
    active: bool | None
    arguments: tuple[str, ...]
    certain: bool = True


@dataclass(kw_only=True)
class Frame:
    """A file, or a condition in it, that is being read.

    `opened` are the sections that were begun in it and not yet ended, `outer` what was around each; `within` is the
    innermost. A condition shares the `stream` of its file; `begun` is its first line, or the Include of a file that
    httpd refuses to read, for the reason `refused`.
    """

    stream: Stream
    within: Enclosure | None = None
    guards: tuple[Guard, ...] = ()
    active: bool | None = True
    guard: Opening | None = None
    begun: Taken | None = None
    opened: list[Opening] = field(default_factory=list)
    outer: list[Enclosure | None] = field(default_factory=list)
    refused: str | None = None


@dataclass(kw_only=True)
class Notes:
    """`reads` are in the order in which httpd sees them; `read` are the files, links followed."""

    reads: list[Read] = field(default_factory=list)
    enclosures: list[Enclosure] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    undefined: list[tuple[str, Read, bool]] = field(default_factory=list)
    missing: list[tuple[Read, str, bool, bool]] = field(default_factory=list)
    read: set[str] = field(default_factory=set)

    def note(self, frame: Frame, taken: Taken, *, arguments: tuple[str, ...] | None = None) -> Read:
        """Note a directive."""
        made = Read(
            directive=taken.directive,
            within=frame.within,
            origins=taken.origins,
            guards=frame.guards,
            active=frame.active,
            arguments=taken.item.arguments if arguments is None else arguments,
            certain=taken.certain,
        )
        self.reads.append(made)
        if frame.active is not False:
            self.undefined += [(name, made, sure) for name, sure in taken.undefined]
        return made

    def enclosure(self, begin: Read, around: Enclosure | None) -> Enclosure:
        """Note a section that directives will stand in."""
        if around is not None and around.depth >= _DEEPEST:
            return around
        made = Enclosure(begin=begin, around=around, depth=around.depth + 1 if around else 1)
        self.enclosures.append(made)
        return made

    def problem(self, frame: Frame, taken: Taken, text: str, *, certain: bool | None = None) -> None:
        """Note what httpd refuses at an item."""
        self.problems.append(
            Problem(
                position=taken.written.position,
                text=text,
                file=next(origin.name for origin in reversed(taken.origins) if origin.kind is not Kind.USE),
                named_line=taken.line,
                certain=frame.active is True if certain is None else certain,
                origins=taken.origins,
            )
        )

    def complain(self, frame: Frame, taken: Taken, found: SyntaxProblem, *, certain: bool | None = None) -> None:
        """Note a problem of the syntax. It stands where `found` says, httpd names where `taken` is."""
        self.problems.append(
            Problem(
                position=found.position,
                text=found.text,
                file=next(origin.name for origin in reversed(taken.origins) if origin.kind is not Kind.USE),
                named_line=taken.line,
                when=found.when,
                certain=frame.active is True if certain is None else certain,
                origins=taken.origins,
            )
        )
