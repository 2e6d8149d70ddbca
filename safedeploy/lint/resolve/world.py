"""What is known while the configuration is read: files, facts, and what the directives so far have changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from safedeploy.lint.facts import Facts
from safedeploy.lint.files import Files
from safedeploy.lint.resolve.macros import Macro
from safedeploy.lint.resolve.modules import STATIC, identifier
from safedeploy.lint.resolve.paths import absolute
from safedeploy.lint.resolve.variables import Variables
from safedeploy.lint.syntax.nodes import Item, Opening


@dataclass(kw_only=True)
class World:
    """`unknown` says, in words, what of the configuration nobody has seen; while it is empty, all so far is known.

    `modules` are those that LoadModule has loaded, None for those that it may have. `server_root` is None after a
    ServerRoot whose value is not known.
    """

    files: Files
    facts: Facts
    variables: Variables
    server_root: str | None
    modules: dict[str, bool | None] = field(default_factory=dict)
    macros: dict[str, Macro] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        compiled_in = STATIC.get(self.facts.layout, frozenset())
        beside = {identifier(name) for name in self.facts.modules or ()}
        self.modules = {**dict.fromkeys(compiled_in | beside, True), **self.modules}

    def miss(self, what: str) -> None:
        """Note a part of the configuration that nobody has seen."""
        if what not in self.unknown:
            self.unknown.append(what)
        self.variables.all_seen = False

    @property
    def modules_complete(self) -> bool:
        """Whether a module that is not among `modules` is not loaded."""
        if self.facts.modules is not None:
            return True
        return not self.unknown and self.facts.layout in STATIC

    def load(self, name: str, active: bool | None) -> None:
        """Take in a LoadModule."""
        self.modules[name] = True if active or self.modules.get(name) else None

    def define_macro(self, opening: Opening, items: tuple[Item, ...]) -> str | None:
        """Take in a macro; what httpd refuses in its first line, in words."""
        words = opening.arguments
        if not words:
            return "<Macro> has no name"
        names = words[1:]
        if "" in names or len(set(names)) != len(names):
            return f"macro {words[0]} has two arguments of one name, or one without"
        name = words[0].lower()
        self.macros[name] = Macro(name=name, arguments=names, items=items, position=opening.position)
        return None

    def module(self, name: str) -> bool | None:
        """Whether a module is loaded at this place."""
        return self.modules.get(name, False if self.modules_complete else None)

    def exists(self, path: str) -> bool | None:
        """Whether something is at a path, by the tree and by what is known about the host."""
        return self.facts.there(self.files, path)

    def absolute(self, path: str) -> str:
        """A path from the ServerRoot."""
        return absolute(self.server_root or "/", path)
