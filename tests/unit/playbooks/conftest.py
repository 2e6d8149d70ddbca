"""The playbooks' shared package, as the plugins find it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "playbooks/module_utils"))
