"""What the linter says of a case by itself: of the project, as before every push, and of the tree as a host has it.

Only what it does not say of the base too is counted.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import product, project, trees
from .corpus import CorpusError

GRAVEST_FIRST = ("error", "warning", "info")
HOST = "web01"
NOWHERE = {HOST: {"ansible_host": "127.0.0.1"}}  # the linter asks no host

Said = frozenset[tuple[str, str, str]]


@dataclass(frozen=True, kw_only=True)
class Linted:
    """Severity, rule and message of what is found in the `project`, and in the `tree` as a directory of a host."""

    project: Said = frozenset()
    tree: Said = field(default=frozenset())

    def without(self, base: Linted) -> Linted:
        """What is not said of the base too."""
        return Linted(project=self.project - base.project, tree=self.tree - base.tree)

    @property
    def refused(self) -> bool:
        """Whether a push stops here with the settings that everybody has who did not change them."""
        return self.gravest_of_project == "error"

    @property
    def gravest_of_project(self) -> str | None:
        """The gravest severity that was found in the project."""
        return _gravest(self.project)

    @property
    def gravest_of_tree(self) -> str | None:
        """The gravest severity that was found in the tree."""
        return _gravest(self.tree)

    @property
    def rules(self) -> list[str]:
        """Every rule that found something."""
        return sorted({rule for _, rule, _ in self.project | self.tree})

    @property
    def why(self) -> str:
        """The gravest of what was said, in one line."""
        found = sorted(self.project | self.tree, key=lambda one: GRAVEST_FIRST.index(one[0]))
        return " / ".join(f"{severity}[{rule}] {message}" for severity, rule, message in found[:2])


def lint(tree: Path, base: Path, place: Path) -> Linted:
    """Lint a tree both ways, with a project in the new directory `place`. Raises CorpusError.

    What the tree of the base has, and this one no more, the project declares absent.
    """
    project.lay(tree, place)
    project.write(place, NOWHERE, base=trees.listing(base))
    return Linted(project=_said(place, project.ENVIRONMENT), tree=_said(place, str(tree)))


def _said(place: Path, target: str) -> Said:
    try:
        ran = product.lint(place, target)
    except subprocess.SubprocessError as error:
        raise CorpusError(f"lint of {target} did not end: {error}") from error
    if ran.code != product.OK or "findings" not in ran.document:
        raise CorpusError(f"lint of {target} failed ({ran.code}): {ran.err[-1000:]}")
    return _findings(ran.document["findings"])


def _findings(found: Iterable[Mapping[str, Any]]) -> Said:
    return frozenset((str(one["severity"]), str(one["rule"]), str(one["message"])) for one in found)


def _gravest(said: Said) -> str | None:
    found = {severity for severity, _, _ in said}
    return next((severity for severity in GRAVEST_FIRST if severity in found), None)
