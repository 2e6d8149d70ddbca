"""The built distributions and an environment that has nothing but the wheel, each made once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


def build(kind: str, source: Path, into: Path) -> Path:
    line = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(into)]
    subprocess.run(line, cwd=source, check=True, capture_output=True)
    (built,) = into.iterdir()
    return built


def unpack(archive: Path, into: Path) -> Path:
    """The one directory of an archive. Debian 12's tarfile is older than its filters, so this is tar itself."""
    subprocess.run(["tar", "-xzf", str(archive), "-C", str(into)], check=True)
    (top,) = into.iterdir()
    return top


def outside(**extra: str) -> dict[str, str]:
    """An environment that cannot lead back into the checkout."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV", "ANSIBLE"))}
    return {**kept, **extra}


@pytest.fixture(scope="session")
def sdist(tmp_path_factory) -> Path:
    return build("sdist", CHECKOUT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="session")
def wheel(sdist, tmp_path_factory) -> Path:
    """Built from the unpacked source distribution, so that one that lacks something cannot pass."""
    return build("wheel", unpack(sdist, tmp_path_factory.mktemp("source")), tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def installed(wheel, tmp_path_factory) -> Path:
    """The directory of programs of a new environment that holds the wheel and what it depends on, nothing else."""
    home = tmp_path_factory.mktemp("alone")
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True, env=outside())
    install = [home / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-input", str(wheel)]
    subprocess.run(install, check=True, capture_output=True, env=outside(), cwd=home)
    return home / "bin"


@pytest.fixture
def wheel_lab(installed, tmp_path) -> Iterator[dict[str, str]]:
    """A lab of one host, started by the installed program; the variables that its inventory needs."""
    named = {"SAFEDEPLOY_LAB_DIR": str(tmp_path / "labs"), "SAFEDEPLOY_LAB_NAME": "wheel"}
    program = [str(installed / "safedeploy"), "lab"]
    try:
        subprocess.run(
            [*program, "up", "--name", "wheel", "--hosts", "1"], check=True, env=outside(**named), cwd=tmp_path
        )
        yield named
    finally:
        subprocess.run([*program, "down", "--name", "wheel"], check=True, env=outside(**named), cwd=tmp_path)
