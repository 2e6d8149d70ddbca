"""Sizes, names and docstrings of the sources."""

from __future__ import annotations

import ast
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
LIMIT = 300

# Longer than the limit, each with the reason why dividing it would make it worse.
LONGER: dict[str, str] = {}

FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}


def sources(*parts: str) -> list[Path]:
    return [path for part in parts for path in sorted((CHECKOUT / part).rglob("*.py")) if path.stat().st_size]


PRODUCT = sources("safedeploy", "playbooks", "scripts")
ALL = [*PRODUCT, *sources("tests")]


def name(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_a_module_is_short_enough_to_read_in_one_go():
    assert {name(path): lines(path) for path in ALL if lines(path) > LIMIT and name(path) not in LONGER} == {}


def test_a_module_says_what_it_promises():
    assert [name(path) for path in PRODUCT if not ast.get_docstring(ast.parse(path.read_text()))] == []


def test_a_module_is_named_for_what_it_holds():
    assert [name(path) for path in ALL if path.stem in FORBIDDEN_NAMES] == []


def test_the_list_of_longer_modules_holds_only_modules_that_are_longer():
    assert [path for path in LONGER if lines(CHECKOUT / path) <= LIMIT] == []
