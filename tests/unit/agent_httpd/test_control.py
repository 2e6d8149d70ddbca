"""A command of httpd's is waited for no longer than it takes, and no longer than it may."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest
from safedeploy_host import control

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


def test_a_signal_in_the_middle_of_a_start_leaves_no_program_behind(tmp_path, monkeypatch):
    pid = tmp_path / "pid"

    def signalled_before_the_program_is_there():
        pid.write_text(str(os.getpid()))
        os.kill(os.getppid(), signal.SIGTERM)
        time.sleep(0.1)

    def leave(_number, _frame):
        raise KeyboardInterrupt

    monkeypatch.setattr(control, "_as_from_a_fresh_login", signalled_before_the_program_is_there)
    usual = signal.signal(signal.SIGTERM, leave)
    try:
        with pytest.raises(KeyboardInterrupt):
            control.run(["/bin/sleep", "60"], SITE, timeout=60)
    finally:
        signal.signal(signal.SIGTERM, usual)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == set()


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
