"""The directives that httpd executes while it reads: Define, UnDefine, LoadModule, ServerRoot, Include, Use ..."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from safedeploy.lint.resolve.includes import find
from safedeploy.lint.resolve.notes import Frame, Notes
from safedeploy.lint.resolve.statement import Kind, Origin
from safedeploy.lint.resolve.stream import Taken
from safedeploy.lint.resolve.world import World

# httpd's own bound, and ours for includes and macros that multiply.
_DEEPEST = 128
_MOST_FILES = 20_000
_MOST_USES = 20_000


@dataclass(frozen=True, kw_only=True)
class ToRead:
    """A file to read; `refused` is what httpd says instead of reading it."""

    name: str
    content: bytes
    origins: tuple[Origin, ...]
    refused: str | None = None


@dataclass(kw_only=True)
class Executor:
    """Executes one directive at a time; hands back the files to read next, the last first."""

    world: World
    notes: Notes
    in_htaccess: bool = False
    _files: int = 0
    _uses: int = 0
    _recursive: set[str] = field(default_factory=set)
    _acts: dict[str, Callable[[Frame, Taken], list[ToRead]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._acts = {
            "define": self._define,
            "undefine": self._undefine,
            "loadmodule": self._load,
            "serverroot": self._server_root,
            "undefmacro": self._undef_macro,
            "use": self._use,
            "include": self._include,
            "includeoptional": self._include,
        }

    def execute(self, frame: Frame, taken: Taken) -> list[ToRead]:
        """Note a directive, and do what httpd does at once."""
        key = taken.item.key
        act = self._acts.get(key)
        if act is None or (self.in_htaccess and key not in ("use", "undefmacro")):
            self.notes.note(frame, taken)
            return []
        return act(frame, taken)

    def _arguments(self, frame: Frame, taken: Taken, most: int = 1, least: int = 1) -> tuple[str, ...]:
        """Note a directive and return its arguments: none if httpd refuses their number."""
        self.notes.note(frame, taken)
        arguments = taken.item.arguments
        if least <= len(arguments) <= most:
            return arguments
        wanted = "one argument" if most == 1 else "two arguments" if least == most else "one or two arguments"
        self.notes.problem(frame, taken, f"{taken.item.name} takes {wanted}, not {len(arguments)}")
        return ()

    def _define(self, frame: Frame, taken: Taken) -> list[ToRead]:
        if arguments := self._arguments(frame, taken, most=2):
            value = arguments[1] if len(arguments) > 1 else None
            self.world.variables.define(
                arguments[0], value, given=value is not None, certain=taken.certain, active=frame.active
            )
        return []

    def _undefine(self, frame: Frame, taken: Taken) -> list[ToRead]:
        for name in self._arguments(frame, taken):
            self.world.variables.undefine(name, frame.active)
        return []

    def _load(self, frame: Frame, taken: Taken) -> list[ToRead]:
        if arguments := self._arguments(frame, taken, most=2, least=2):
            name, file = arguments
            self.world.load(name, frame.active)
            known = taken.certain and (file.startswith("/") or self.world.server_root is not None)
            # Only the host can say: a tree of configuration rarely holds the modules that it loads.
            if known and self.world.facts.exists(self.world.absolute(file)) is False:
                self.notes.problem(frame, taken, f"{file} does not exist, so that {name} cannot be loaded")
        return []

    def _server_root(self, frame: Frame, taken: Taken) -> list[ToRead]:
        for path in self._arguments(frame, taken):
            root = self.world.absolute(path)
            sure = taken.certain and (frame.active or root == self.world.server_root)
            self.world.server_root = root if sure else None
        return []

    def _undef_macro(self, frame: Frame, taken: Taken) -> list[ToRead]:
        if self.world.module("macro_module") is False:
            self.notes.note(frame, taken)
            return []
        for name in self._arguments(frame, taken):
            if self.world.macros.pop(name.lower(), None) is None:
                self._no_macro(frame, taken, name)
        return []

    def _no_macro(self, frame: Frame, taken: Taken, name: str) -> None:
        sure = frame.active is True and not self.world.unknown
        self.notes.problem(frame, taken, f"no macro {name} is defined before this line", certain=sure)

    def _use(self, frame: Frame, taken: Taken) -> list[ToRead]:
        if self.world.module("macro_module") is False:
            self.notes.note(frame, taken)
            return []
        self.notes.note(frame, taken)
        arguments = taken.item.arguments
        name, values = (arguments[0].lower(), arguments[1:]) if arguments else ("", ())
        macro = self.world.macros.get(name)
        if not name:
            self.notes.problem(frame, taken, "Use names no macro")
        elif macro is None:
            self._no_macro(frame, taken, arguments[0])
        elif frame.stream.is_in(name):
            self.notes.problem(frame, taken, f"macro {macro.name} uses itself")
        elif len(values) != len(macro.arguments):
            wanted = len(macro.arguments)
            text = f"macro {macro.name} takes {wanted} argument{'s' if wanted != 1 else ''}, not {len(values)}"
            self.notes.problem(frame, taken, text)
        elif self._uses >= _MOST_USES:
            self.notes.problem(frame, taken, "macros use each other without end")
        elif (items := macro.expand(values)) is None:
            self.notes.problem(frame, taken, f"a line of macro {macro.name} is too long with these arguments")
        else:
            self._uses += 1
            frame.stream.put(items, name, taken)
        return []

    def _include(self, frame: Frame, taken: Taken) -> list[ToRead]:
        arguments = self._arguments(frame, taken)
        optional = taken.item.key == "includeoptional"
        if not arguments:
            return []
        if not taken.certain or (not arguments[0].startswith("/") and self.world.server_root is None):
            self.world.miss(f"{taken.item.name} {arguments[0]}")
            return []
        path = self.world.absolute(arguments[0])
        if sum(origin.kind is Kind.INCLUDE for origin in taken.origins) >= _DEEPEST or path in self._recursive:
            if path not in self._recursive:
                self.notes.problem(frame, taken, f"{path} includes itself, or files are included too deep")
            self._recursive.add(path)
            return []
        return self._follow(frame, taken, path, optional=optional)

    def _follow(self, frame: Frame, taken: Taken, path: str, *, optional: bool) -> list[ToRead]:
        world, noted = self.world, self.notes.reads[-1]
        found = find(world.files, path, world.exists)
        sure = found.missing is True
        if found.missing is not False:
            self.notes.missing.append((noted, path, optional, sure))
        if found.open:
            world.miss(path)
        self._files += len(found.files)
        if self._files > _MOST_FILES:
            self.notes.problem(frame, taken, "files include each other without end")
            return []
        return [
            ToRead(
                name=name,
                content=world.files.content(name) or b"",
                origins=(*taken.origins, Origin(kind=Kind.INCLUDE, name=name, position=taken.written.position)),
                refused=refused,
            )
            for name, refused in reversed(found.files)
            if not (refused and optional and world.exists(name) is False)
        ]
