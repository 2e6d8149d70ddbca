from __future__ import annotations

import os
import signal
import subprocess

from safedeploy.lab import processes
from safedeploy.lab.processes import Process


def test_a_process_is_known_by_its_number_and_its_start():
    own = processes.identify(os.getpid())
    assert own is not None
    assert processes.alive(own)
    assert not processes.alive(Process(pid=own.pid, start=own.start - 1))


def test_a_zombie_counts_as_dead():
    with subprocess.Popen(["true"]) as child:
        assert processes.wait_until(lambda: processes.identify(child.pid) is None, seconds=5)


def test_only_the_very_process_is_signalled():
    with subprocess.Popen(["sleep", "60"]) as child:
        real = processes.identify(child.pid)
        processes.send(Process(pid=child.pid, start=real.start + 1), signal.SIGKILL)
        assert child.poll() is None
        assert processes.kill_all([real]) == []
    assert child.returncode == -signal.SIGKILL


def test_a_name_with_brackets_and_spaces_does_not_confuse(tmp_path):
    program = tmp_path / "a) S 1 (b"
    program.symlink_to("/bin/sleep")
    with subprocess.Popen([str(program), "60"]) as child:
        try:
            assert processes.parent(child.pid) == os.getpid()
        finally:
            child.kill()


def test_one_that_has_gone_has_no_words():
    with subprocess.Popen(["true"]) as child:
        child.wait()
        assert (processes.arguments(child.pid), processes.environment(child.pid), processes.identify(child.pid)) == (
            [],
            [],
            None,
        )
