"""However a rollout is cut short, every host ends on a release that works, and the screen says where each one is."""

from __future__ import annotations

import os
import signal
import time

import pytest

from safedeploy.core.errors import ExitCode

BAKING = "web1: ok: Check the host from here"  # the canary serves the new release, unconfirmed


@pytest.mark.parametrize("whom", ["the whole process group, as Ctrl-C does", "the process alone"])
def test_an_interruption_ends_with_the_true_state_of_every_host(pushed, project, whom):
    before = pushed.trees()
    project.rollout(bake="6s")
    project.second_release()
    with project.start("push", "lab", "--yes", "--no-diff") as run:
        run.wait_for(BAKING)
        (os.killpg if "group" in whom else os.kill)(run.process.pid, signal.SIGINT)
        done = run.done()
    assert done.code == ExitCode.INTERRUPTED, done.text
    assert done.ends() == {"web1": "reverted", "web2": "untouched", "web3": "untouched"}
    assert pushed.trees() == before
    status = project.status()
    assert all(host["pending"] is None and host["lease"] is None for host in status.values())
    pushed.serves()


def test_an_interruption_before_the_rollout_changes_nothing(pushed, project):
    before = pushed.trees()
    project.second_release()
    with project.start("push", "lab", "--yes", "--no-diff") as run:
        run.wait_for("preflight: 3 hosts")
        os.killpg(run.process.pid, signal.SIGINT)
        done = run.done()
    assert done.code == ExitCode.INTERRUPTED, done.text
    assert "Nothing was changed on any host." in done.err
    assert pushed.trees() == before


def test_hosts_put_themselves_back_when_the_controller_is_killed(pushed, project):
    before = pushed.trees()
    window = 6
    project.rollout(bake=f"{window - 1}s", confirm_window=f"{window}s")
    project.second_release()
    with project.start("push", "lab", "--yes", "--no-diff") as run:
        run.wait_for(BAKING)
        killed = time.monotonic()
        run.process.kill()
        run.process.wait()
        assert pushed.trees() != before, "the canary was not on the new release when the controller died"
        while pushed.trees() != before:
            assert time.monotonic() - killed < window + 3, "web1 did not put itself back"
            time.sleep(0.1)
    pushed.serves()
    # Its files are back first; the reload, which httpd may take a second for, and the checks come behind.
    deadline = time.monotonic() + 10
    while any(host["pending"] for host in project.status().values()):
        assert time.monotonic() < deadline, "it is pending still"


def test_a_host_that_is_lost_in_the_middle_is_named_and_the_others_go_back(pushed, project):
    before = pushed.trees()
    project.rollout(bake="3s", confirm_window="10s", batches=[1, 1])
    project.second_release()
    try:
        with project.start("push", "lab", "--yes", "--no-diff") as run:
            run.wait_for("web2: ok: Check the host from here")
            pushed.lab.kill_sshd("web2")
            done = run.done()
    finally:
        pushed.lab.start_sshd("web2")
    assert done.code == ExitCode.STRANDED, done.text
    assert done.ends() == {"web1": "reverted", "web2": "stranded", "web3": "untouched"}
    assert "web2 needs hands" in done.out
    deadline = time.monotonic() + 13
    while pushed.trees() != before and time.monotonic() < deadline:
        time.sleep(0.2)
    assert pushed.trees() == before, "the lost host did not put itself back"
    pushed.serves()
