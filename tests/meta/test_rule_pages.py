"""Every rule of the linter has its page, and every page its rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from safedeploy.lint.registry import rules
from scripts import rule_pages

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = rule_pages.pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_the_one_that_the_rules_make(name):
    assert (DOCS / name).read_text() == PAGES[name], "run .venv/bin/python -m scripts.rule_pages"


def test_no_page_is_left_of_a_rule_that_is_gone():
    assert {path.stem for path in (DOCS / "rules").glob("*.md")} == {*rules(), "README"}


def test_every_rule_is_among_the_pitfalls():
    page = (DOCS / "pitfalls.md").read_text()
    assert [name for name in rules() if f"(rules/{name}.md)" not in page] == []
