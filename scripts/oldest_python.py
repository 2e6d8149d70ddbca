"""Find the oldest Python that the agent promises to work with, and give it pytest.

The interpreter is looked for on PATH and among the versions of pyenv. A small environment with pytest is made for it
once, in .cache, with pip as this machine is configured.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

OLDEST = "3.8"
PACKAGES = ("pytest>=8,<9", "pytest-timeout", "pytest-xdist")


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
    ready = home / ".ready"
    if not ready.exists() or ready.read_text() != " ".join(PACKAGES):
        shutil.rmtree(home, ignore_errors=True)
        pip = [str(inside), "-m", "pip", "install", "--quiet", *PACKAGES]
        make = [[python, "-m", "venv", str(home)], pip]
        for line in make:
            done = subprocess.run(line, check=False, capture_output=True, text=True)
            if done.returncode != 0:
                return f"pytest could not be installed for {python}: {done.stderr.strip().splitlines()[-1:]}"
        ready.write_text(" ".join(PACKAGES))
    return inside


def interpreter(checkout: Path) -> Path | str:
    """The interpreter of an environment with pytest on the oldest Python, or the reason why there is none here."""
    python = find()
    if python is None:
        return f"no Python {OLDEST} on this machine (looked on PATH and in pyenv)"
    return environment_for(python, checkout)
