"""A command on the control machine ends within its bounds, whatever it does."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from safedeploy.adapters import command

ENVIRON = {"PATH": os.environ["PATH"]}


def shell(script, tmp_path, **how):
    return command.run(["sh", "-c", script], **{"directory": tmp_path, "environ": ENVIRON, "limit": 20, **how})


def gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"


def test_one_that_ends_with_0_went_well(tmp_path):
    ended = shell("echo out; echo err >&2; pwd", tmp_path)
    assert (ended.why, ended.output) == ("", f"out\nerr\n{tmp_path}\n")


@pytest.mark.parametrize(
    ("script", "why"),
    [("exit 3", "it ended with exit code 3"), ("kill -SEGV $$", "it was killed by SIGSEGV")],
)
def test_one_that_ends_otherwise_says_how(tmp_path, script, why):
    assert shell(script, tmp_path).why == why


def test_a_program_that_is_not_there_is_a_failure_with_its_name(tmp_path):
    ended = command.run(["./no-such-program"], directory=tmp_path, environ=ENVIRON, limit=5)
    assert ended.why == "./no-such-program cannot be run: No such file or directory"


def test_at_its_limit_it_is_killed_with_what_it_started(tmp_path):
    ended = shell("trap '' TERM; sleep 60 & echo $!; wait", tmp_path, limit=0.3)
    assert ended.why == "it took longer than 0.3 s and was killed"
    assert ended.seconds < 20
    child = int(ended.output)
    deadline = time.monotonic() + 5
    while not gone(child):
        assert time.monotonic() < deadline, "a child of it is left"
        time.sleep(0.02)


def test_it_is_killed_when_it_is_to_stop(tmp_path):
    asked = iter([False, False, True])
    assert shell("sleep 60", tmp_path, stop=lambda: next(asked, True)).why == "it was interrupted and killed"


def test_it_is_killed_when_whoever_waits_is_interrupted(tmp_path):
    def interrupted() -> bool:
        if (tmp_path / "pid").exists():
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt):
        shell("echo $$ >pid.new; mv pid.new pid; exec sleep 60", tmp_path, stop=interrupted)
    assert gone(int((tmp_path / "pid").read_text()))


def test_of_endless_output_the_end_is_kept(tmp_path):
    ended = shell("yes | head -c 3000000; echo the end", tmp_path)
    assert ended.output.endswith("the end\n")
    assert len(ended.output) <= command.KEPT


def test_what_comes_line_by_line_is_kept_as_well(tmp_path):
    script = "for number in 1 2 3 4 5 6 7 8 9 10 11 12; do echo line $number; sleep 0.02; done"
    ended = shell(script, tmp_path)
    assert ended.output.splitlines() == [f"line {number}" for number in range(1, 13)]


def test_what_it_leaves_running_is_not_waited_for(tmp_path):
    ended = shell("sleep 30 & echo $! >pid", tmp_path)
    os.kill(int((tmp_path / "pid").read_text()), 9)
    assert ended.why == ""
    assert ended.seconds < 15


def test_it_reads_nothing(tmp_path):
    assert shell("cat", tmp_path).why == ""
