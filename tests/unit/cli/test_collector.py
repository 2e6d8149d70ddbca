"""The collector of cycles looks seldom, and not at the end of the program."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import atexit, gc, sys
atexit.register(lambda: print("frozen", gc.get_freeze_count() > 1000))
from safedeploy.cli import main
atexit.register(lambda: print("threshold", gc.get_threshold()[0]))
sys.argv = ["safedeploy", "--version"]
main.run()
"""


def test_the_program_looks_seldom_and_not_at_its_end():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1:] == ["threshold 50000", "frozen True"]
