"""Fixtures that tests of every part may use."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from tests.lab_fixture import _labs, lab, make_lab  # noqa: E402 -- found through the path set above

__all__ = ["_labs", "lab", "make_lab"]
