"""Reports of checks for CI platforms, in files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from safedeploy.adapters import result_file
from safedeploy.core.junit import Case, document


def write(path: Path, suite_name: str, cases: Sequence[Case]) -> None:
    """Write a JUnit report, there whole or not at all. Raises SafedeployError when it cannot be written."""
    result_file.write(path, document(suite_name, cases))
