"""Two people cannot push to the same host at the same time."""

from __future__ import annotations

import time

from safedeploy.core.errors import ExitCode
from tests.e2e.test_interrupted import BAKING


def test_the_second_of_two_pushes_is_told_who_has_the_fleet_since_when_and_until_when(pushed, project):
    project.rollout(bake="12s", batches=[3])
    project.second_release()
    with project.start("push", "lab", "--yes", "--no-diff", "--reason", "the first of two") as first:
        first.wait_for("rollout: ")
        second = project.push("--reason", "the second of two")
        assert first.done().code == ExitCode.OK
    assert second.code == ExitCode.LEASE_HELD, second.text
    assert "error[lease-held]" in second.err
    assert "since" in second.err
    assert "until" in second.err
    assert "the first of two" in second.err


def test_the_lease_of_a_killed_push_expires_by_itself(pushed, project):
    project.rollout(bake="2s", confirm_window="4s", lease_ttl="8s")
    project.second_release()
    with project.start("push", "lab", "--yes", "--no-diff") as run:
        run.wait_for(BAKING)
        run.process.kill()
        run.process.wait()
    time.sleep(9)
    project.rollout(bake="0s", confirm_window="20s")  # the short window was for the first push
    done = project.push()
    assert done.code == ExitCode.OK, done.text
