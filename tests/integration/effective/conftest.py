"""The on-host program's package, and a private Apache of which nothing may be left."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apache_fixture import Apache

MODULE_UTILS = str(Path(__file__).parents[3] / "playbooks/module_utils")
if MODULE_UTILS not in sys.path:
    sys.path.insert(0, MODULE_UTILS)


@pytest.fixture
def untouched(apache: Apache, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """At the end no process and no temporary file is left."""
    temporary = apache.root / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))
    yield
    assert list(temporary.iterdir()) == []
    assert apache.processes() == []
