"""SECURITY.md promises what tests prove, and its sudo rule is for the line that is really sent."""

from __future__ import annotations

import re
from pathlib import Path

from tests.sudo_rule import sudo_rule

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = (CHECKOUT / "SECURITY.md").read_text()


def test_every_row_of_a_boundary_names_tests_that_exist():
    boundaries = PAGE[PAGE.index("## Boundaries") : PAGE.index("### Not done")]
    rows = [line for line in boundaries.splitlines() if line.startswith("| ") and not line.startswith("| What holds")]
    assert len(rows) > 10
    assert [row for row in rows if "`tests/" not in row] == []
    assert [name for name in re.findall(r"`(tests/[^`]+)`", PAGE) if not (CHECKOUT / name).is_file()] == []


def test_the_rule_for_the_agent_alone_is_for_the_line_that_is_sent():
    assert sudo_rule("deploy") in PAGE
