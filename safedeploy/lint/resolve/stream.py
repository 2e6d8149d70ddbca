"""The lines of one file as httpd takes them one after the other: a Use puts the lines of its macro in between.

What a macro begins may be ended by the file, and the other way round; so the stream belongs to the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from safedeploy.lint.resolve.statement import Kind, Origin
from safedeploy.lint.syntax.nodes import Closing, Item, Opening


@dataclass(kw_only=True)
class _Layer:
    items: tuple[Item, ...]
    origins: tuple[Origin, ...]
    macro: str | None = None
    line: int | None = None
    at: int = 0


@dataclass(frozen=True, kw_only=True)
class Taken:
    """One item with the way to it. `line` is where httpd stands in the file: at the Use while in a macro.

    `item` has the variables replaced, `written` has them as they stand in the file. `certain` is False where the value
    of one is not known; `undefined` are those that nothing defines, each with whether that is sure.
    """

    item: Item
    written: Item
    origins: tuple[Origin, ...]
    line: int
    certain: bool = True
    undefined: tuple[tuple[str, bool], ...] = ()

    @property
    def directive(self) -> Item:
        """What stands for it: as written, unless a variable decides on what it is."""
        alike = type(self.item) is type(self.written) and self.item.key == self.written.key
        return self.written if alike else self.item


@dataclass(kw_only=True)
class Stream:
    """What is still to be read of a file."""

    items: tuple[Item, ...]
    origins: tuple[Origin, ...]
    _layers: list[_Layer] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._layers = [_Layer(items=self.items, origins=self.origins)]

    def take(self) -> Taken | None:
        """The next item; None at the end of the file."""
        layer = self._layers[-1]
        while layer.at >= len(layer.items):
            if len(self._layers) == 1:
                return None
            self._layers.pop()
            layer = self._layers[-1]
        item = layer.items[layer.at]
        layer.at += 1
        return Taken(item=item, written=item, origins=layer.origins, line=layer.line or item.named_line)

    def is_in(self, macro: str) -> bool:
        """Whether the lines of a macro are being read, however deep."""
        return any(layer.macro == macro for layer in self._layers)

    def put(self, items: tuple[Item, ...], macro: str, use: Taken) -> None:
        """Read the lines of a macro next."""
        origin = Origin(kind=Kind.USE, name=macro, position=use.written.position)
        self._layers.append(_Layer(items=items, origins=(*use.origins, origin), macro=macro, line=use.line))

    def take_macro(self) -> tuple[Item, ...] | None:
        """Take what is in a macro whose first line has just been taken; None where the file ends before it does."""
        taken: list[Item] = []
        deep = 1
        while (next_one := self.take()) is not None:
            item = next_one.item
            if isinstance(item, Closing):
                deep -= item.key == "macro" and item.ended
            elif isinstance(item, Opening):
                deep += item.key == "macro"
            if not deep:
                return tuple(taken)
            taken.append(item)
        return None
