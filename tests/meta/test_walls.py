"""Who may import what, where allowing is stricter than forbidding: the rest of the walls is in pyproject.toml."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]

# Part -> the top-level names that it may import beside the standard library.
ALLOWED = {
    "safedeploy/core": {"safedeploy.core"},
    "safedeploy/lint": {"safedeploy.core", "safedeploy.lint"},
    "safedeploy/lab": {"safedeploy.core", "safedeploy.lab"},
    "playbooks/module_utils/safedeploy_host": {"safedeploy_host"},
    "playbooks/module_utils/safedeploy_control": {"safedeploy_control"},
    "playbooks/action_plugins": {"ansible", "safedeploy_control", "safedeploy_host"},
    "playbooks/callback_plugins": {"ansible", "safedeploy_control"},
    "safedeploy/cli": {"safedeploy", "typer", "rich"},
}


def imports(path: Path) -> set[str]:
    """The absolute names of everything that a file imports, also inside functions and under TYPE_CHECKING."""
    package = path.relative_to(CHECKOUT).parent.parts
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            module = ".".join(filter(None, [*base, node.module]))
            names |= {f"{module}.{alias.name}" for alias in node.names} if module == "safedeploy" else {module}
    return names


def within(name: str, allowed: set[str]) -> bool:
    plain = name.removeprefix("playbooks.module_utils.")
    return any(plain == part or plain.startswith(f"{part}.") for part in allowed)


def nodes(part: str) -> list[tuple[Path, ast.AST]]:
    paths = sorted((CHECKOUT / part).rglob("*.py"))
    return [(path, node) for path in paths for node in ast.walk(ast.parse(path.read_text()))]


@pytest.mark.parametrize("part", ALLOWED)
def test_a_part_imports_the_standard_library_and_what_it_is_allowed(part):
    allowed = ALLOWED[part] | {"safedeploy.__version__"}
    strange = {
        str(path.relative_to(CHECKOUT)): name
        for path in (CHECKOUT / part).rglob("*.py")
        for name in imports(path)
        if name.partition(".")[0] not in sys.stdlib_module_names and not within(name, allowed)
    }
    assert strange == {}


def test_only_the_command_line_prints_or_exits():
    offenders = [
        f"{path.relative_to(CHECKOUT)}:{node.lineno}"
        for path, node in nodes("safedeploy")
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("print", "sys.exit", "exit", "input")
        and not path.is_relative_to(CHECKOUT / "safedeploy/cli")
    ]
    assert offenders == []


@pytest.mark.parametrize("part", ["safedeploy/core", "safedeploy/lint"])
def test_what_is_pure_asks_no_clock(part):
    clocks = ("now", "utcnow", "today", "monotonic", "perf_counter")
    offenders = [
        f"{path.relative_to(CHECKOUT)}:{node.lineno}"
        for path, node in nodes(part)
        if isinstance(node, ast.Attribute) and node.attr in clocks
    ]
    assert offenders == []


def test_core_opens_no_address():
    """urllib.parse only takes texts apart; the linter cannot tell it from urllib.request."""
    found = {name for path in (CHECKOUT / "safedeploy/core").rglob("*.py") for name in imports(path)}
    assert {name for name in found if name.startswith("urllib")} <= {"urllib.parse"}
