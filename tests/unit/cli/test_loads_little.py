"""What keeps `safedeploy --help` short: it loads the commands, and nothing that only a command needs that runs."""

from __future__ import annotations

import subprocess
import sys

import pytest

# Without pydantic: Typer itself loads that for the options of a command.
DEAR = {"ansible", "ansible_runner", "jinja2", "paramiko", "rich", "sqlalchemy", "yaml"}
DEAR_PARTS = {"safedeploy.core.observed", "safedeploy.core.policy", "safedeploy.core.trial", "safedeploy.lint"}
PROGRAM = """
import atexit, sys
from safedeploy.cli import main
atexit.register(lambda: print(*sys.modules))
sys.argv = ["safedeploy", *sys.argv[1:]]
main.run()
"""


@pytest.mark.parametrize("words", [["--help"], ["push", "--help"], ["--version"]])
def test_help_loads_nothing_dear(words):
    done = subprocess.run([sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, check=True)
    names = set(done.stdout.splitlines()[-1].split())
    assert not names & (DEAR | DEAR_PARTS)
    assert "safedeploy.cli.push" in names
