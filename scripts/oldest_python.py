"""Run the agent's tests on the oldest Python that the agent promises to work with.

The interpreter is looked for on PATH and among the versions of pyenv. A small environment with pytest is made for it
once, in .cache, with pip as this machine is configured.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

OLDEST = "3.8"
TESTS = "tests/unit/agent"


def find() -> str | None:
    """A python3.8 that really starts, or None. A pyenv shim may exist for a version that is not active."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates = [shutil.which(f"python{OLDEST}"), *map(str, sorted(pyenv.glob(f"versions/{OLDEST}.*/bin/python3")))]
    for candidate in filter(None, candidates):
        probe = subprocess.run([candidate, "-c", "import venv, ensurepip"], check=False, capture_output=True)
        if probe.returncode == 0:
            return candidate
    return None


def environment_for(python: str, checkout: Path) -> Path | str:
    """The interpreter of an environment that has pytest, or the reason why there is none."""
    home = checkout / ".cache" / f"python{OLDEST}"
    inside = home / "bin" / "python"
    if not (home / ".ready").exists():
        shutil.rmtree(home, ignore_errors=True)
        pip = [str(inside), "-m", "pip", "install", "--quiet", "pytest>=8,<9", "pytest-timeout"]
        make = [[python, "-m", "venv", str(home)], pip]
        for line in make:
            done = subprocess.run(line, check=False, capture_output=True, text=True)
            if done.returncode != 0:
                return f"pytest could not be installed for {python}: {done.stderr.strip().splitlines()[-1:]}"
        (home / ".ready").touch()
    return inside


def agent_on_oldest(
    checkout: Path, environment: Mapping[str, str], extra: Sequence[str]
) -> subprocess.CompletedProcess[bytes] | str:
    """Run the tests; the completed pytest, or the reason why they could not run here."""
    if not (checkout / TESTS).is_dir():
        return f"no {TESTS}"
    python = find()
    if python is None:
        return f"no Python {OLDEST} on this machine (looked on PATH and in pyenv)"
    inside = environment_for(python, checkout)
    if isinstance(inside, str):
        return inside
    line = [str(inside), "-m", "pytest", "-q", "-p", "no:cacheprovider", TESTS, *extra]
    print("$ " + " ".join(line), flush=True)
    return subprocess.run(line, cwd=checkout, env=dict(environment), check=False)
