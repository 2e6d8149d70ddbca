"""All rules, found by walking the package `rules`: a new file there is a new rule, and there is no list to keep."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping

from safedeploy.core.nearest import suggestion
from safedeploy.lint import rules as package
from safedeploy.lint.rule import Rule


@functools.cache
def rules() -> Mapping[str, Rule]:
    """Every rule by its id, in alphabetical order. Raises ValueError when two files have the same id."""
    found: dict[str, Rule] = {}
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        rule = getattr(importlib.import_module(module.name), "RULE", None)
        if isinstance(rule, Rule):
            if rule.id in found:
                raise ValueError(f"two rules are called {rule.id}: {module.name} is the second")
            found[rule.id] = rule
    return dict(sorted(found.items()))


def unknown(name: str) -> str:
    """The sentence about a name that is no rule's id."""
    return f"there is no rule '{name}'; {suggestion(name, rules())}"
