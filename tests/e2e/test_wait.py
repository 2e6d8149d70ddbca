"""A run can wait for another one, and a run keeps its leases for as long as it lives."""

from __future__ import annotations

from safedeploy.core.errors import ExitCode
from tests.e2e.test_interrupted import BAKING


def test_the_second_of_two_pushes_waits_says_for_whom_and_then_plans_against_what_the_first_left(pushed, project):
    project.rollout(bake="2s")
    project.second_release()
    with project.start("push", "lab", "--yes", "--no-diff", "--reason", "the first of two") as first:
        first.wait_for("rollout: ")
        second = project.push("--wait", "90s")
        assert first.done().code == ExitCode.OK
    assert second.code == ExitCode.OK, second.text
    assert "the first of two" in second.err
    assert "until" in second.err
    assert second.ends() == {"web1": "unchanged", "web2": "unchanged", "web3": "unchanged"}
    assert all(host["lease"] is None for host in project.status().values())


def test_who_has_waited_long_enough_is_told_who_was_in_the_way(pushed, project):
    project.rollout(bake="10s")
    project.second_release()
    with project.start("push", "lab", "--yes", "--no-diff", "--reason", "a long one") as first:
        first.wait_for(BAKING)
        for command in (("push", "lab", "--yes"), ("check", "lab"), ("rollback", "lab", "--yes")):
            late = project.run(*command, "--wait", "1s")
            assert late.code == ExitCode.LEASE_HELD, late.text
            assert "error[lease-held]" in late.err
            assert "a long one" in late.err
        first.process.terminate()
        first.done()
    pushed.serves()


def test_a_long_rollout_keeps_leases_that_are_much_shorter(pushed, project):
    project.rollout(bake="15s", lease_ttl="3s", confirm_window="60s", batches=[3])
    project.second_release()
    with project.start("push", "lab", "--yes", "--no-diff") as first:
        first.wait_for(BAKING)
        looked = 0
        while "confirm over a fresh connection" not in first.text and looked < 4:
            leases = [host["lease"] for host in project.status().values()]
            if first.process.poll() is None and "settle" not in first.text:
                assert all(lease and not lease["expired"] for lease in leases), "a lease ran out although its run lives"
                looked += 1
        assert looked >= 2
        assert first.done().code == ExitCode.OK
    pushed.serves()


def test_a_duration_that_cannot_be_meant_is_a_usage_error(pushed, project):
    assert project.push("--wait", "soon").code == ExitCode.USAGE
