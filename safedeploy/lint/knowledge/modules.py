"""Modules of httpd and of Debian's packages: how they are called, where they come from, how they are enabled."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from safedeploy.lint.knowledge.packaged import read


@dataclass(frozen=True, kw_only=True)
class Module:
    """`symbol` is what LoadModule names, `source` what IfModule may name too; `enable` is a2enmod's word.

    `package` is Debian's. `builtin`: part of the program itself.
    """

    symbol: str
    source: str
    package: str
    enable: str | None = None
    builtin: bool = False
    depends: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """The name as people say it: mod_ssl."""
        return f"mod_{self.symbol.removesuffix('_module').removeprefix('mod_')}"


def find(symbol: str) -> Module | None:
    """A module by the symbol that LoadModule names."""
    return _table().get(symbol)


def modules() -> Iterable[Module]:
    """Every module that is known."""
    return _table().values()


def advice(symbol: str) -> str:
    """What a person does to have a module, as the end of a sentence."""
    module = find(symbol)
    if module is None or module.enable is None:
        return f"load {symbol}"
    package = "" if module.package == "apache2" else f" (package {module.package})"
    return f"enable it with `safedeploy_modules: [{module.enable}]` or `a2enmod {module.enable}`{package}"


@functools.cache
def _table() -> dict[str, Module]:
    return {
        symbol: Module(
            symbol=symbol,
            source=entry["source"],
            package=entry["package"],
            enable=entry.get("enable"),
            builtin=bool(entry.get("static")),
            depends=tuple(entry.get("depends", ())),
            conflicts=tuple(entry.get("conflicts", ())),
        )
        for symbol, entry in read("modules.json").items()
    }
