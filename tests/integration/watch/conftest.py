"""The on-host program's package, and a private Apache."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.apache_fixture import apache

MODULE_UTILS = str(Path(__file__).parents[3] / "playbooks/module_utils")
if MODULE_UTILS not in sys.path:
    sys.path.insert(0, MODULE_UTILS)

__all__ = ["apache"]
