"""Directives of modules that are in no table: their names are known, and where they may stand is not."""

from __future__ import annotations

import functools

from safedeploy.lint.knowledge.packaged import read


def module_of(name: str) -> str | None:
    """The symbol of the module that has a directive, in any letter case; None when it is not known."""
    exact, beginnings = _tables()
    key = name.lower()
    found = exact.get(key)
    if found is not None:
        return found
    return next((symbol for beginning, symbol in beginnings.items() if key.startswith(beginning)), None)


@functools.cache
def _tables() -> tuple[dict[str, str], dict[str, str]]:
    names = [(name.lower(), symbol) for symbol, listed in read("elsewhere.toml").items() for name in listed]
    return (
        {name: symbol for name, symbol in names if not name.endswith("*")},
        {name.rstrip("*"): symbol for name, symbol in names if name.endswith("*")},
    )
