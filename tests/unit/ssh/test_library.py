"""Paramiko is loaded without Invoke, and Invoke is there for whoever wants it afterwards."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys, threading
from safedeploy.adapters.ssh import library
threads = [threading.Thread(target=library.load) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("paramiko" in sys.modules, [name for name in sys.modules if name.partition(".")[0] == "invoke"])
import paramiko
print(hasattr(paramiko, "Transport"))
import invoke
print(invoke.__name__)
"""


def test_paramiko_is_loaded_without_invoke():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["True []", "True", "invoke"]
