"""The on-host program's package and a private Apache."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "playbooks/module_utils"))
sys.path.insert(0, str(Path(__file__).parents[2]))

from apache_fixture import apache  # noqa: E402, F401 -- found through the path set above; a fixture is imported to be used
