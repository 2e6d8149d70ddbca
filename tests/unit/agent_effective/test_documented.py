"""Every kind of finding is explained in docs/findings.md, and none that cannot be."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
SOURCES = ROOT / "playbooks/module_utils/safedeploy_host/effective"
RAISED = re.compile(r"""(?:\bRaised|\bfinding)\(\s*"([a-z-]+)",""")


def test_the_page_of_findings_has_every_kind_and_no_other() -> None:
    raised = {kind for path in SOURCES.rglob("*.py") for kind in RAISED.findall(path.read_text())}
    rows = re.findall(r"^\| `([a-z-]+)` \|", (ROOT / "docs/findings.md").read_text(), re.MULTILINE)

    assert sorted(raised) == rows
