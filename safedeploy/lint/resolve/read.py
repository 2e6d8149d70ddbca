"""Reading the configuration as httpd reads it: one line after the other, deciding and following at once.

What httpd does while it reads is done here: conditions, Include, Define, LoadModule, macros, and whether sections are
well nested. The rest has to wait until everything has been read (finish.py). Nothing here recurses, and all is bounded.
Source: https://github.com/apache/httpd/blob/2.4.x/server/config.c (ap_build_config)
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from safedeploy.lint.resolve.conditions import decide
from safedeploy.lint.resolve.execute import Executor, ToRead
from safedeploy.lint.resolve.notes import Frame, Notes
from safedeploy.lint.resolve.statement import Guard, Kind, Origin
from safedeploy.lint.resolve.stream import Stream, Taken
from safedeploy.lint.resolve.world import World
from safedeploy.lint.syntax.lines import WHITE, Line
from safedeploy.lint.syntax.nodes import Closing, Opening, lower
from safedeploy.lint.syntax.parse import command_of, parse
from safedeploy.lint.syntax.tree import CONDITIONS, FARTHEST, complaint, not_ended

# A configuration that grows beyond this has includes or macros that multiply each other.
_MOST_ITEMS = 500_000
_MODULES = {"ifversion": "version_module"}


@dataclass(kw_only=True)
class Reader:
    """Reads files into `notes`; `in_htaccess` forbids what httpd forbids there."""

    world: World
    notes: Notes = field(default_factory=Notes)
    in_htaccess: bool = False
    _frames: list[Frame] = field(default_factory=list)
    _count: int = 0

    def read(self, name: str, content: bytes, kind: Kind = Kind.MAIN) -> None:
        """Read a file, named as httpd names it, and everything that it leads to."""
        origins = (Origin(kind=kind, name=name),)
        self._frames = [Frame(stream=self._stream(name, content, origins))]
        executor = Executor(world=self.world, notes=self.notes, in_htaccess=self.in_htaccess)
        while self._frames:
            frame = self._frames[-1]
            taken = frame.stream.take()
            if taken is None:
                self._at_end(self._frames.pop())
                continue
            self._count += 1
            if self._count > _MOST_ITEMS:
                self.notes.problem(frame, taken, "the configuration grows without end: includes or macros multiply")
                return
            taken = self._replaced(taken)
            if taken is None:
                continue
            if isinstance(taken.item, Closing):
                self._close(frame, taken, taken.item)
            elif isinstance(taken.item, Opening):
                self._open(frame, taken, taken.item)
            elif frame.active is False:
                self.notes.note(frame, taken)
            else:
                self._frames += [self._file(frame, taken, file) for file in executor.execute(frame, taken)]

    def _file(self, frame: Frame, taken: Taken, file: ToRead) -> Frame:
        stream = Stream(items=(), origins=file.origins)
        if file.refused is None:
            stream = self._stream(file.name, file.content, file.origins)
        return replace(frame, stream=stream, guard=None, begun=taken, opened=[], outer=[], refused=file.refused)

    def _stream(self, name: str, content: bytes, origins: tuple[Origin, ...]) -> Stream:
        real = self.world.files.real(name) or name
        self.notes.read.add(real)
        return Stream(items=parse(real, content).items, origins=origins)

    def _replaced(self, taken: Taken) -> Taken | None:
        """The item with its variables replaced; None where nothing is left."""
        line = taken.item.line
        if "${" not in line.text:
            return taken
        found = self.world.variables.replace(line.text)
        text = found.text.strip(WHITE)
        made = Line(text, line.number, line.line, line.column, original=line.original or line)
        item = command_of(taken.item.path, made) if text else None
        return None if item is None else replace(taken, item=item, certain=found.certain, undefined=found.undefined)

    # Sections.

    def _open(self, frame: Frame, taken: Taken, opening: Opening) -> None:
        if frame.active is False:
            self._enter(frame, taken, opening)
        elif opening.key in CONDITIONS and self.world.module(_MODULES.get(opening.key, "core_module")) is not False:
            self._condition(frame, taken, opening)
        elif opening.key == "macro" and self.world.module("macro_module") is not False:
            self._macro(frame, taken, opening)
        else:
            if not opening.ended:
                self.notes.complain(frame, taken, not_ended(opening))
            self._enter(frame, taken, opening)

    def _enter(self, frame: Frame, taken: Taken, opening: Opening) -> None:
        begin = self.notes.note(frame, taken)
        frame.opened.append(opening)
        frame.outer.append(frame.within)
        if not (frame.active is False and opening.key in CONDITIONS):
            frame.within = self.notes.enclosure(begin, frame.within)

    def _condition(self, frame: Frame, taken: Taken, opening: Opening) -> None:
        answer = decide(opening, self.world, certain=taken.certain)
        self.notes.note(frame, taken, arguments=(("!" if answer.negated else "") + answer.argument,))
        if answer.refused:
            self.notes.problem(frame, taken, answer.refused)
        guard = Guard(directive=opening, argument=answer.argument, negated=answer.negated, holds=answer.holds)
        active = answer.holds if frame.active is True or answer.holds is False else None
        self._frames.append(
            Frame(
                stream=frame.stream,
                within=frame.within,
                guard=opening,
                begun=taken,
                guards=(*frame.guards, guard),
                active=active,
            )
        )

    def _macro(self, frame: Frame, taken: Taken, opening: Opening) -> None:
        self.notes.note(frame, taken)
        if not opening.ended:
            self.notes.complain(frame, taken, not_ended(opening))
        items = frame.stream.take_macro()
        if items is None:
            self.notes.problem(frame, taken, "<Macro> is never closed in this file")
        elif error := self.world.define_macro(opening, items):
            self.notes.problem(frame, taken, error)

    def _close(self, frame: Frame, taken: Taken, closing: Closing) -> None:
        if frame.active is False:
            self._close_unseen(frame, taken, closing)
        elif frame.guard and not frame.opened and lower(taken.written.line.text) == f"</{frame.guard.key}>":
            self._frames.pop()
        else:
            if found := complaint(closing, frame.opened[-1] if frame.opened else None):
                self.notes.complain(frame, taken, found)
            self._recover(frame, closing)

    def _close_unseen(self, frame: Frame, taken: Taken, closing: Closing) -> None:
        """Where a condition does not hold httpd only looks for its end, and names its first line if it is not well."""
        due = frame.opened[-1] if frame.opened else frame.guard
        if due is not None and due.key == (closing.key if closing.ended else closing.key[:-1]):
            if not frame.opened:
                self._frames.pop()
                return
        elif found := complaint(closing, due):
            outer = next((each for each in reversed(self._frames) if each.active is not False), frame)
            self.notes.complain(outer, frame.begun or taken, found)
        self._recover(frame, closing)

    def _recover(self, frame: Frame, closing: Closing) -> None:
        """Go on after the end of a section: out of those that were begun after it, or past an end without beginning."""
        nearest = range(len(frame.opened) - 1, max(-1, len(frame.opened) - 1 - FARTHEST), -1)
        depth = next((n for n in nearest if frame.opened[n].key == closing.key), None)
        if depth is not None:
            frame.within = frame.outer[depth]
            del frame.opened[depth:], frame.outer[depth:]
        elif frame.guard is not None and closing.key == frame.guard.key:
            self._frames.pop()

    def _at_end(self, frame: Frame) -> None:
        if frame.refused and frame.begun:
            self.notes.problem(frame, frame.begun, frame.refused)
        elif frame.guard and frame.begun:
            # Where the condition holds httpd takes the end of the file for its end.
            if frame.active is not True:
                text = f"<{frame.guard.name}> is never closed in this file"
                self.notes.problem(frame, frame.begun, text, certain=frame.active is False)
        elif frame.opened:
            outermost = frame.opened[0]
            self.notes.problem(
                frame,
                Taken(item=outermost, written=outermost, origins=frame.stream.origins, line=outermost.named_line),
                f"<{outermost.name}> is never closed in this file",
            )
