"""Every variable of the starter templates stands in docs/templates.md, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import Environment, meta, nodes

CHECKOUT = Path(__file__).resolve().parents[3]
TEMPLATES = sorted((CHECKOUT / "templates").rglob("*.j2"))
# What is not a setting: the loop's item, what safedeploy itself gives, what one template tells its parts, a function.
NOT_SETTINGS = {"item", "safedeploy_layout", "tls_side", "undef"}


def trees():
    return [Environment(autoescape=True).parse(path.read_text()) for path in TEMPLATES]


def variables() -> set[str]:
    return set().union(*(meta.find_undeclared_variables(tree) for tree in trees())) - NOT_SETTINGS


def keys() -> set[str]:
    """Attributes of the names that stand for what the user wrote."""
    owners = {"item", "backend", "route"}
    return {
        node.attr
        for tree in trees()
        for node in tree.find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name) and node.node.name in owners
    }


def documented() -> set[str]:
    page = (CHECKOUT / "docs/templates.md").read_text()
    cells = re.findall(r"^\| (`.*?) \|", page, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


def test_every_variable_and_key_is_documented_and_no_other():
    assert documented() == variables() | (keys() - {"pattern", "to"})


@pytest.mark.parametrize(
    "path", [path for path in TEMPLATES if path.parent.name != "parts"], ids=lambda path: path.name
)
def test_every_template_has_a_section(path):
    assert re.search(rf"^## {re.escape(path.name)}", (CHECKOUT / "docs/templates.md").read_text(), re.MULTILINE)


@pytest.mark.parametrize(
    "path", [path for path in TEMPLATES if path.parent.name != "parts"], ids=lambda path: path.name
)
def test_every_template_says_where_it_comes_from(path):
    assert f"from templates/{path.name}; a change made here is reported as drift." in path.read_text().splitlines()[0]
