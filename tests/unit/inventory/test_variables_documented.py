"""docs/variables.md explains every key of a declaration and every variable that is read, and no others."""

from __future__ import annotations

import re
from pathlib import Path

from safedeploy.adapters.ansible.entries import KNOWN

CHECKOUT = Path(__file__).resolve().parents[3]
PAGE = (CHECKOUT / "docs/variables.md").read_text()


def explained(heading: str) -> set[str]:
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def test_every_key_of_a_declaration():
    assert explained("Files") == {str(key) for key in KNOWN}


def test_every_variable():
    sources = (path.read_text() for path in (CHECKOUT / "safedeploy/adapters/ansible").rglob("*.py"))
    read = {name for text in sources for name in re.findall(r'"(safedeploy_[a-z_]+)"', text)}
    listed = explained("Variables that safedeploy reads") - {"safedeploy_files_ANYTHING"}
    kinds = {"safedeploy_sites", "safedeploy_confs", "safedeploy_modules"}
    assert listed == read | kinds
