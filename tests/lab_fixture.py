"""A lab for tests: `lab` is one fleet of three hosts for a whole run, `make_lab` starts fleets of one test's own.

Both are in namespaces where the machine allows them. SAFEDEPLOY_LAB_DIR and SAFEDEPLOY_LAB_NAME point at `lab` while it
is up, so that inventories/lab finds it. A test that changes a host puts it back with `lab.reset(name)`.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from safedeploy.core.errors import SafedeployError
from safedeploy.lab import Lab

# A lab's name holds the process id of the test run that made it: the next run finds what a killed one left.
DIRECTORY = Path(tempfile.gettempdir()) / f"safedeploy-test-labs-{os.getuid()}"


def _started(name: str, hosts: int, mode: str) -> Lab:
    try:
        return Lab.up(name, hosts, mode)
    except SafedeployError as error:
        if error.code == "lab-packages-missing":
            pytest.skip(f"{error.what} {error.next_step}")
        raise


def _remove_orphans() -> None:
    for left in DIRECTORY.glob("test-*"):
        if not Path(f"/proc/{left.name.split('-')[1]}").exists():
            Lab.remove(left.name)


@pytest.fixture(scope="session")
def _labs() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAFEDEPLOY_LAB_DIR", str(DIRECTORY))
        _remove_orphans()
        yield patch
        with contextlib.suppress(OSError):  # another run has labs there, or none was ever made
            DIRECTORY.rmdir()


@pytest.fixture(scope="session")
def lab(_labs: pytest.MonkeyPatch) -> Iterator[Lab]:
    """Three hosts, web1 to web3, shared by all tests of this process. Leave them as you found them."""
    name = f"test-{os.getpid()}"
    _labs.setenv("SAFEDEPLOY_LAB_NAME", name)
    started = _started(name, 3, "auto")
    yield started
    started.down()


@pytest.fixture
def make_lab(_labs: pytest.MonkeyPatch) -> Iterator[Callable[..., Lab]]:
    """`make_lab(hosts=1, mode="auto")` starts a lab that ends with the test."""
    made: list[str] = []

    def make(hosts: int = 1, mode: str = "auto") -> Lab:
        made.append(f"test-{os.getpid()}-{len(made) + 1}")
        return _started(made[-1], hosts, mode)

    yield make
    for name in made:
        Lab.remove(name)
