"""A pytest plugin for the run of the agent's tests on the oldest Python: `-p tests.unit.agent.on_old_python`.

The agent works there, safedeploy itself does not. What these tests need of safedeploy is the archive of the agent, so
the Python that SAFEDEPLOY_PYTHON names builds it, and `safedeploy.adapters.agent_file` here hands it out.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path
from types import ModuleType, SimpleNamespace

MODULE_UTILS = Path(__file__).resolve().parents[3] / "playbooks/module_utils"
BUILD = """
import pathlib, sys
from safedeploy.adapters import agent_file
sys.stdout.buffer.write(agent_file.archive(pathlib.Path(sys.argv[1])))
"""


@lru_cache(maxsize=8)  # functools.cache came with Python 3.9
def _built(directory: str, _names: tuple[str, ...]) -> bytes:
    return subprocess.check_output([os.environ["SAFEDEPLOY_PYTHON"], "-c", BUILD, directory])


def archive(directory: Path) -> bytes:
    names = tuple(str(path) for path in sorted(directory.rglob("*.py")))
    return _built(str(directory) if names else os.devnull, names)


def sources() -> Path:
    return MODULE_UTILS / "safedeploy_host"


@lru_cache(maxsize=8)  # functools.cache came with Python 3.9
def build() -> SimpleNamespace:
    content = archive(sources())
    path = Path(tempfile.mkdtemp(prefix="safedeploy-agent-"), "agent.pyz")
    path.write_bytes(content)
    return SimpleNamespace(path=path, sha256=hashlib.sha256(content).hexdigest())


def _stand_in() -> None:
    """At import, before any conftest. A package without a path holds exactly what is put into it."""
    sys.path.insert(0, str(MODULE_UTILS))
    for name in ("safedeploy", "safedeploy.adapters", "safedeploy.adapters.agent_file"):
        sys.modules[name] = ModuleType(name)
    sys.modules["safedeploy"].adapters = sys.modules["safedeploy.adapters"]
    sys.modules["safedeploy.adapters"].agent_file = sys.modules["safedeploy.adapters.agent_file"]
    for function in (archive, sources, build):
        setattr(sys.modules["safedeploy.adapters.agent_file"], function.__name__, function)


def pytest_unconfigure() -> None:
    if build.cache_info().currsize:
        build().path.unlink()
        build().path.parent.rmdir()


_stand_in()
