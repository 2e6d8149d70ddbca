"""The validators of the on-host program that this installation ships."""

from __future__ import annotations

import functools

from safedeploy.adapters import agent_file
from safedeploy.adapters.validators import Validators


@functools.cache
def validators() -> Validators:
    """Read once per process. Raises FileNotFoundError when the installation is incomplete."""
    return Validators(agent_file.sources())
