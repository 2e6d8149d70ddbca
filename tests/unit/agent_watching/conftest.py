"""The on-host program's package, for tests that call it in their own process."""

from __future__ import annotations

import sys
from pathlib import Path

MODULE_UTILS = str(Path(__file__).parents[3] / "playbooks/module_utils")
if MODULE_UTILS not in sys.path:
    sys.path.insert(0, MODULE_UTILS)
