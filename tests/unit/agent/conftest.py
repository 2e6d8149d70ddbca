"""A host in a temporary directory, and the agent's commands on it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

MODULE_UTILS = Path(__file__).parents[3] / "playbooks" / "module_utils"
if str(MODULE_UTILS) not in sys.path:
    sys.path.insert(0, str(MODULE_UTILS))

from tests.unit.agent.world import World  # noqa: E402 -- the agent must be on the path first


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)
