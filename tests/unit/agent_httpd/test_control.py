"""A command of httpd's is waited for no longer than it takes, and no longer than it may."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from safedeploy_host import control

MODULE_UTILS = str(Path(__file__).parents[3] / "playbooks/module_utils")
SITE = {"httpd": {"control": ["/bin/sh", "-c"], "binary": "/bin/sh"}}


@pytest.fixture(params=["told by the kernel", "looked for"])
def kernel(request, monkeypatch):
    if request.param == "looked for":
        monkeypatch.delattr(os, "pidfd_open", raising=False)


@pytest.mark.usefixtures("kernel")
def test_the_exit_code_and_the_output_of_a_command_are_known():
    outcome = control.control(SITE, "echo said; exit 3")
    assert (outcome.code, outcome.output) == (3, "said\n")


@pytest.mark.usefixtures("kernel")
def test_a_command_that_takes_too_long_is_killed():
    outcome = control.run(["/bin/sleep", "60"], SITE, timeout=0.05)
    assert outcome.code is None
    assert "stopped after 0.05 s" in outcome.explained()


def test_where_no_temporary_file_can_be_made_the_output_is_kept_in_memory(monkeypatch):
    def full(**_words: object) -> None:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setenv("TMPDIR", "/nowhere")
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    assert control.control(SITE, "echo said; exit 3").output == "said\n"
    monkeypatch.delattr(os, "memfd_create", raising=False)
    with pytest.raises(FileNotFoundError):
        control.control(SITE, "echo said")


@pytest.mark.parametrize("directory", ["", "/nowhere"])
def test_the_output_is_kept_in_a_file_that_has_no_name(monkeypatch, tmp_path, directory):
    monkeypatch.setenv("TMPDIR", directory or str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with control.anonymous_file() as file:
        assert os.fstat(file.fileno()).st_nlink == 0
        place = os.readlink(f"/proc/self/fd/{file.fileno()}")  # noqa: PTH115 - Path.readlink came with Python 3.9
        assert place.startswith(f"{tmp_path}/")
        file.write(b"said")
        file.seek(0)
        assert file.read() == b"said"
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_is_not_there_is_told_as_a_shell_does():
    outcome = control.run(["/no/such/program"], SITE, timeout=1)
    assert (outcome.code, outcome.output) == (control.NOT_FOUND, "/no/such/program: No such file or directory")


# In a process of its own: a signal goes to any thread that has not blocked it, and a test runner has several.
SIGNALLED = """
import os, signal, sys, time
sys.path.insert(0, sys.argv[1])
from safedeploy_host import control
def before_the_program_is_there():
    os.write(own_output, b"%d\\n" % os.getpid())
    os.kill(os.getppid(), signal.SIGTERM)
    time.sleep(0.1)
def leave(number, frame):
    raise KeyboardInterrupt
own_output = os.dup(1)
control._as_from_a_fresh_login = before_the_program_is_there
signal.signal(signal.SIGTERM, leave)
try:
    control.run(["/bin/sleep", "60"], {"httpd": {}}, timeout=60)
except KeyboardInterrupt:
    print(sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])))
"""


def test_a_signal_in_the_middle_of_a_start_leaves_no_program_behind():
    command = [sys.executable, "-c", SIGNALLED, MODULE_UTILS]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout
    pid, blocked = said.splitlines()
    assert blocked == "[]"
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)


def test_a_child_that_ends_leaves_the_rest_of_the_time():
    with subprocess.Popen(["/bin/true"]) as child:
        assert 0 < control._left(child.pid, 30.0) <= 30.0


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="this Python cannot be told")
def test_a_child_that_goes_on_leaves_a_moment():
    with subprocess.Popen(["/bin/sleep", "60"]) as child:
        began = time.monotonic()
        assert control._left(child.pid, 0.1) < 0.1
        assert time.monotonic() - began >= 0.09
        child.kill()


def test_a_kernel_that_does_not_tell_leaves_all_the_time(monkeypatch):
    def unknown(_pid: int) -> int:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(os, "pidfd_open", unknown, raising=False)
    assert control._left(os.getpid(), 7.0) == 7.0
