"""The lease of a run that is gone can be taken away, and that run can then change nothing."""

from __future__ import annotations

import os
import signal

import pytest

from safedeploy.core.errors import ExitCode
from tests.e2e.documented_shape import problems
from tests.e2e.test_interrupted import BAKING


def stop(run):
    """Freeze the whole run where it is, as a laptop does whose lid is closed."""
    os.killpg(run.process.pid, signal.SIGSTOP)


def test_a_frozen_pusher_whose_lease_was_taken_away_can_change_nothing_when_it_wakes_up(pushed, project):
    before = pushed.trees()
    project.rollout(batches=[1, 1], bake="2s")  # so that it has not come to web3 when it is stopped
    project.second_release()
    with project.start("push", "lab", "--yes", "--no-diff", "--reason", "the sleeper") as run:
        run.wait_for("rollout: ")
        stop(run)
        try:
            leases = {host: one["lease"] for host, one in project.status().items()}
            held = [host for host, lease in leases.items() if lease]
            assert held == ["web1", "web2", "web3"]
            for_web3 = project.run(
                "unlock", "lab", "--limit", "web3", "--yes", "--reason", "the lid is closed", "--json"
            )
            assert for_web3.code == ExitCode.OK, for_web3.text
            assert problems(for_web3.document, "safedeploy-unlock") == []
            assert for_web3.document["hosts"]["web3"]["done"] is True
            assert for_web3.document["hosts"]["web3"]["lease"]["reason"] == "the sleeper"
        finally:
            os.killpg(run.process.pid, signal.SIGCONT)
        done = run.done()
    assert done.ends()["web3"] == "untouched", done.text
    assert "took the lease on this host away" in done.text
    assert "the lid is closed" in done.text
    assert done.code == ExitCode.REVERTED, done.text
    assert pushed.trees() == before
    log = pushed.shell("web3", f"cat {pushed.host('web3').layout.state_dir}/audit.jsonl")
    assert "lease-taken-away" in log
    assert "the lid is closed" in log


def test_a_run_that_loses_a_lease_stops_before_its_next_change_and_takes_back_what_it_did(pushed, project):
    before = pushed.trees()
    project.rollout(batches=[1], bake="8s", confirm_window="30s", lease_ttl="3s")
    project.second_release()
    with project.start("push", "lab", "--yes", "--no-diff") as run:
        run.wait_for("web2: ok: Check the host from here")
        taken = project.run("unlock", "lab", "--limit", "web3", "--yes", "--reason", "web3 is needed")
        assert taken.code == ExitCode.OK, taken.text
        done = run.done()
    assert done.code == ExitCode.REVERTED, done.text
    assert done.ends() == {"web1": "reverted", "web2": "reverted", "web3": "untouched"}
    assert "the lease was lost (web3" in done.out
    assert "web3 is needed" in done.out
    assert "taken back because the run was cut short" in done.text, "no host has failed"
    assert pushed.trees() == before
    pushed.serves()


def test_a_lease_is_kept_while_the_change_of_its_run_may_still_be_confirmed(pushed, project):
    project.rollout(bake="8s", confirm_window="20s")
    project.second_release()
    with project.start("push", "lab", "--yes", "--no-diff") as run:
        run.wait_for(BAKING)
        refused = project.run("unlock", "lab", "--yes", "--reason", "in a hurry", "--limit", "web1")
        assert refused.code == ExitCode.REFUSED, refused.text
        assert "error[lease-kept]" in refused.err
        assert "safedeploy abort" in refused.err
        run.process.send_signal(signal.SIGINT)
        run.done()
    pushed.serves()


@pytest.mark.parametrize("arguments", [(), ("--reason", " ")])
def test_a_reason_is_required(pushed, project, arguments):
    assert project.run("unlock", "lab", "--yes", *arguments).code == ExitCode.USAGE


def test_without_a_lease_there_is_nothing_to_do_and_it_says_so(pushed, project):
    done = project.run("unlock", "lab", "--yes", "--reason", "to be sure")
    assert done.code == ExitCode.OK
    assert "nobody holds a lease" in done.out


def test_the_question_needs_a_terminal_or_a_yes(pushed, project):
    project.rollout(lease_ttl="60s")
    project.second_release()
    with project.start("push", "lab", "--yes", "--no-diff") as run:
        pushed.wait_until_leased("web3")
        os.killpg(run.process.pid, signal.SIGKILL)
        run.process.wait()
    asked = project.run("unlock", "lab", "--reason", "it was killed")
    assert asked.code == ExitCode.USAGE, asked.text
    assert "held by" in asked.out
    assert "until" in asked.out
    assert project.run("unlock", "lab", "--reason", "it was killed", "--yes").code == ExitCode.OK
    assert project.push().code == ExitCode.OK


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_stopped_gives_its_leases_back(pushed, project, number):
    project.second_release()
    with project.start("push", "lab", "--yes", "--no-diff") as run:
        pushed.wait_until_leased("web1")
        os.kill(run.process.pid, number)
        assert run.done().code == ExitCode.INTERRUPTED
    assert [host for host, one in project.status().items() if one["lease"]] == []
