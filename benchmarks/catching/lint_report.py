"""What the linter stops by itself, and what it adds to the stages behind it, as tables, a list and counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .corpus import CLASSES
from .linting import Linted
from .trial import Result

ERROR, WARNING = "error", "warning"


def document(linted: Linted | None) -> dict[str, Any] | None:
    """What was said of one case."""
    if linted is None:
        return None
    return {
        "project": linted.gravest_of_project,
        "tree": linted.gravest_of_tree,
        "rules": linted.rules,
        "why": linted.why,
    }


def counts(results: Sequence[Result]) -> dict[str, dict[str, int]]:
    """By class: cases, and how many have an error, or an error or a warning, in the project and in the tree."""
    found: dict[str, dict[str, int]] = {}
    for kind in CLASSES:
        said = [result.lint for result in results if result.case.kind == kind and result.lint is not None]
        project, tree = [one.gravest_of_project for one in said], [one.gravest_of_tree for one in said]
        found[kind] = {
            "cases": len(said),
            "project_error": project.count(ERROR),
            "project_warning": project.count(ERROR) + project.count(WARNING),
            "tree_error": tree.count(ERROR),
            "tree_warning": tree.count(ERROR) + tree.count(WARNING),
        }
    return found


def lines(results: Sequence[Result]) -> list[str]:
    """The linter alone, what it leaves to other stages, and every case with what was said of it."""
    by_class = {kind: row for kind, row in counts(results).items() if row["cases"]}
    if not by_class:
        return []
    head = ["class", "cases", "lint: errors", "+ warnings", "of the tree: errors", "+ warnings"]
    rows = [[kind, *map(str, row.values())] for kind, row in by_class.items()]
    return [
        "lint alone, and of the same files as a directory of the host:",
        *table([head, *rows]),
        "",
        *_cases(results),
    ]


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows in Markdown; the first is the head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "| " + " | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) + " |"
        for row in (rows[0], ["-" * width for width in widths], *rows[1:])
    ]


def _cases(results: Sequence[Result]) -> list[str]:
    head = ["case", "class", "lint", "of the tree", "first stage without lint", "rules"]
    rows = [
        [
            result.case.name,
            result.case.kind,
            result.lint.gravest_of_project or "-",
            result.lint.gravest_of_tree or "-",
            result.stopped_by or "-",
            ", ".join(result.lint.rules),
        ]
        for result in results
        if result.lint is not None
    ]
    return table([head, *rows])
