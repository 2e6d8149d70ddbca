"""A program that is tied to its parent ends with it, however it and its own children behave."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from safedeploy.adapters.runner import tied

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the program is started untied")
TIED = str(Path(tied.__file__))


def program(tmp_path: Path, text: str) -> list[str]:
    """A tied program, as a command line without its parent."""
    path = tmp_path / "program"
    path.write_text(f"#!{sys.executable}\nimport os, signal, subprocess, sys, time\n" + textwrap.dedent(text))
    path.chmod(0o755)
    return [str(path)]


def run(*command: str) -> subprocess.Popen[str]:
    """The tied program as a child of ours."""
    return subprocess.Popen(
        [sys.executable, "-I", "-S", TIED, str(os.getpid()), *command], stdout=subprocess.PIPE, text=True
    )


def gone(pid: int, seconds: float = 10) -> bool:
    """Whether a process ends within some seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if " Z " in Path(f"/proc/{pid}/stat").read_text():
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


STUBBORN = """
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    child = subprocess.Popen(["sleep", "60"], start_new_session=True)
    print(os.getpid(), child.pid, flush=True)
    time.sleep(60)
"""


PARENT = """
import os, subprocess, sys, time
subprocess.Popen([sys.executable, "-I", "-S", sys.argv[1], str(os.getpid()), *sys.argv[2:]])
time.sleep(60)
"""


def test_its_exit_code_is_the_programs(tmp_path):
    assert run(*program(tmp_path, "sys.exit(42)")).wait(10) == 42


def test_a_program_that_dies_of_a_signal_is_told_apart(tmp_path):
    assert run(*program(tmp_path, "os.kill(os.getpid(), signal.SIGKILL)")).wait(10) == 128 + signal.SIGKILL


def test_a_program_may_end_in_its_own_way_when_it_is_asked_to(tmp_path):
    text = """
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
        print("ready", flush=True)
        time.sleep(60)
    """
    child = run(*program(tmp_path, text))
    child.stdout.readline()
    child.send_signal(signal.SIGINT)
    assert child.wait(10) == 7


def test_a_program_that_does_not_listen_is_killed_with_its_children(tmp_path):
    child = run(*program(tmp_path, STUBBORN))
    pids = [int(word) for word in child.stdout.readline().split()]
    child.terminate()
    child.wait(15)
    assert all(gone(pid, 1) for pid in pids)


def test_a_program_that_does_not_listen_ends_when_its_parent_is_killed(tmp_path):
    command = program(tmp_path, STUBBORN)
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            PARENT,
            TIED,
            *command,
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    pids = [int(word) for word in parent.stdout.readline().split()]
    parent.kill()
    parent.wait()
    assert all(gone(pid) for pid in pids)


def test_what_a_program_leaves_when_it_ends_by_itself_stays(tmp_path):
    text = """
        child = subprocess.Popen(["sleep", "60"], start_new_session=True, stdout=subprocess.DEVNULL)
        print(child.pid, flush=True)
    """
    child = run(*program(tmp_path, text))
    pid = int(child.stdout.readline())
    assert child.wait(10) == 0
    assert not gone(pid, 0.3)
    os.kill(pid, signal.SIGKILL)
