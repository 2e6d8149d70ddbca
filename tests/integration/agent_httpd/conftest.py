"""The on-host program's package, and a private Apache that a test must leave as it was."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apache_fixture import Apache

MODULE_UTILS = str(Path(__file__).parents[3] / "playbooks/module_utils")
if MODULE_UTILS not in sys.path:
    sys.path.insert(0, MODULE_UTILS)


def mounts(apache: Apache) -> list[str]:
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return [line for line in lines if str(apache.root) in line or " /run/apache2" in line]


@pytest.fixture
def untouched(apache: Apache, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """At the end no file has changed, and no mount, process or temporary file is left."""
    apache.add_site("old.example.test")
    temporary = apache.root / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))
    tree, mounted = apache.snapshot(), mounts(apache)
    yield
    assert apache.snapshot() == tree
    assert mounts(apache) == mounted
    assert list(temporary.iterdir()) == []
    deadline = time.monotonic() + 5  # what was killed takes a moment to be gone
    while apache.processes() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert apache.processes() == []
