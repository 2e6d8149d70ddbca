"""Rendered content lies in a private place, and never longer than until the next run."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from safedeploy.workflows.private_directory import private_directory


def test_it_is_private_and_gone_afterwards(tmp_path):
    with private_directory(tmp_path) as directory:
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        (directory / "secret").write_text("s3cret")
    assert list(tmp_path.iterdir()) == []


def test_it_is_gone_after_an_error_too(tmp_path):
    with pytest.raises(RuntimeError), private_directory(tmp_path):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def keepers(parent: int) -> list[int]:
    """The processes that look after the directories of a process."""
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def test_a_run_that_is_killed_leaves_nothing(tmp_path):
    held = (
        "import pathlib, time; from safedeploy.workflows.private_directory import private_directory\n"
        f"with private_directory(pathlib.Path({str(tmp_path)!r})) as d: print(d, flush=True); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", held], stdout=subprocess.PIPE, text=True)
    place = Path(child.stdout.readline().strip())
    (place / "secret").write_text("s3cret")
    child.kill()
    child.wait()
    end = time.monotonic() + 10
    while place.exists() and time.monotonic() < end:
        time.sleep(0.02)
    assert not place.exists()


def test_what_a_run_that_was_killed_with_its_keeper_left_is_removed_by_the_next_and_a_live_run_keeps_its_own(tmp_path):
    held = (
        "import sys, time, pathlib; from safedeploy.workflows.private_directory import private_directory\n"
        f"with private_directory(pathlib.Path({str(tmp_path)!r})) as d: print(d, flush=True); time.sleep(60)"
    )
    children = [subprocess.Popen([sys.executable, "-c", held], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        killed, alive = (child.stdout.readline().strip() for child in children)
        for pid in keepers(children[0].pid):
            os.kill(pid, signal.SIGKILL)
        children[0].send_signal(signal.SIGKILL)
        children[0].wait()
        assert Path(killed).is_dir()
        with private_directory(tmp_path):
            assert not Path(killed).exists()
            assert Path(alive).is_dir()
    finally:
        for child in children:
            child.kill()
            child.wait()
