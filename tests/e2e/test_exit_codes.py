"""Every published exit code is asserted by a test of this directory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from safedeploy.core.errors import ExitCode

HERE = Path(__file__).parent


@pytest.mark.parametrize("code", ExitCode, ids=lambda code: code.name)
def test_a_test_of_this_directory_ends_with(code):
    sources = [path.read_text() for path in HERE.glob("test_*.py")]
    assert any(f"== ExitCode.{code.name}" in text or f"code=ExitCode.{code.name}" in text for text in sources)


def test_a_fault_of_our_own_is_told_as_one(pushed, project):
    faulty = (
        "import safedeploy.workflows.status as workflow\n"
        "workflow.status = lambda _session: 1 / 0\n"
        "from safedeploy.cli.main import run\n"
        "run()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", faulty, "status", "lab"],
        cwd=project.root,
        env={**os.environ, **project.environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ExitCode.BUG
    assert "error[bug]: " in done.stderr
    assert "ZeroDivisionError" in done.stderr
    assert "next:  Run `safedeploy status ENV`" in done.stderr
