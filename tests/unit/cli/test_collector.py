"""The collector of cycles looks seldom, and not at the end, before which everything else has been done."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import atexit, gc
atexit.register(lambda: print("frozen", gc.get_freeze_count() > 1000))
from safedeploy.cli import collector
collector.spare()
atexit.register(lambda: print("cleared up"))
print("threshold", *gc.get_threshold())
"""


def test_it_looks_seldom_and_lets_go_of_all_when_the_rest_has_been_cleared_up():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["threshold 50000 10 10", "cleared up", "frozen True"]
