"""A change that nobody confirms is undone, whatever has become of the one who made it; a person may decide on it."""

from __future__ import annotations

import json
import time

import pytest

from safedeploy.core.errors import ExitCode
from tests.e2e.documented_shape import problems
from tests.e2e.test_interrupted import BAKING

KILL_DEAD_MAN = "for p in /proc/[0-9]*; do grep -qz '[d]ead-man' $p/cmdline && kill -9 ${p#/proc/}; done; true"


@pytest.fixture
def guarded(pushed, project, namespaces):
    """A fleet whose hosts undo, when they start, what was not confirmed."""
    done = project.run("boot-guard", "lab", "--yes")
    assert done.code == ExitCode.OK, done.text
    yield pushed
    done = project.run("boot-guard", "lab", "--remove", "--yes")
    assert done.code == ExitCode.OK, done.text
    assert not any(host["boot_guard"] for host in project.status().values())


def wait_for(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def leave_pending(project, window):
    """Push, and kill the controller when the canary serves the new release, unconfirmed."""
    project.rollout(bake=f"{window - 1}s", confirm_window=f"{window}s")
    project.second_release()
    with project.start("push", "lab", "--yes", "--no-diff") as run:
        run.wait_for(BAKING)
        run.process.kill()
        run.process.wait()
    return time.monotonic()


def test_status_tells_what_guards_a_pending_change_and_that_it_was_killed(pushed, project, namespaces):
    before = pushed.trees()
    leave_pending(project, 12)
    pending = project.status()["web1"]["pending"]
    assert (pending["dead_man"], pending["guarded"], pending["held"]) == ("process", True, False)
    pushed.shell(
        "web1", "for p in /proc/[0-9]*; do grep -qz '[d]ead-man' $p/cmdline && kill -9 ${p#/proc/}; done; true"
    )
    status = project.run("status", "lab")
    assert "dead-man: process (GONE)" in status.out, status.text
    assert "nothing reverts this host by itself" in status.out
    time.sleep(12)
    assert pushed.trees() != before
    project.push("--limit", "web1")
    assert "not confirmed within its window" in pushed.shell("web1", "cat /var/lib/safedeploy/audit.jsonl")


def test_a_host_that_restarts_inside_the_window_comes_up_on_what_it_had_and_serves(guarded, project):
    before = guarded.trees()
    leave_pending(project, 60)
    assert guarded.trees()["web1"] != before["web1"]
    guarded.lab.reboot("web1")
    assert guarded.trees() == before
    guarded.wait_until_served("web1")
    status = project.status()["web1"]
    assert (status["pending"], status["live"] == status["known_good"]) == (None, True)
    assert "restarted before it was confirmed" in guarded.shell("web1", "tail -n 3 /var/lib/safedeploy/audit.jsonl")


def test_a_restart_of_a_host_that_is_in_order_changes_nothing(guarded, project):
    before = guarded.trees()
    guarded.lab.reboot("web2")
    assert guarded.trees() == before
    guarded.wait_until_served("web2")


def test_check_and_status_say_which_hosts_have_no_boot_guard(pushed, project, namespaces):
    project.second_release()
    for command in (("status", "lab"), ("check", "lab", "--no-diff")):
        assert "no boot guard on web1, web2, web3" in project.run(*command).out


def test_a_held_canary_waits_for_a_person_who_confirms_it_and_a_push_brings_the_rest(pushed, project):
    project.second_release()
    held = project.push("--hold")
    assert held.code == ExitCode.OK, held.text
    assert held.ends() == {"web1": "held", "web2": "untouched", "web3": "untouched"}
    assert "safedeploy confirm lab, or safedeploy abort lab" in held.out
    status = project.status()
    assert status["web1"]["pending"]["held"] is True
    assert status["web1"]["lease"] is None
    refused = project.push()
    assert refused.code == ExitCode.REFUSED, refused.text
    assert "safedeploy confirm" in refused.err
    done = project.run("confirm", "lab", "--yes", "--json", "--reason", "looked at it")
    assert done.code == ExitCode.OK, done.text
    assert problems(done.document, "safedeploy-decision") == []
    assert done.document["hosts"]["web1"]["end"] == "confirmed"
    assert all(host["pending"] is None and host["lease"] is None for host in project.status().values())
    rest = project.push()
    assert rest.ends() == {"web1": "unchanged", "web2": "confirmed", "web3": "confirmed"}, rest.text
    pushed.serves()


def test_a_held_canary_is_taken_back_by_abort(pushed, project):
    before = pushed.trees()
    project.second_release()
    assert project.push("--hold").code == ExitCode.OK
    done = project.run("abort", "lab", "--reason", "it looks wrong")
    assert done.code == ExitCode.OK, done.text
    assert done.ends() == {"web1": "reverted"}
    assert pushed.trees() == before
    assert "it looks wrong" in pushed.shell("web1", f"tail -n 5 {pushed.host('web1').layout.state_dir}/audit.jsonl")
    assert project.run("abort", "lab").code == ExitCode.REFUSED
    pushed.serves()


def test_a_held_canary_that_nobody_decides_on_goes_back_when_its_window_ends(pushed, project):
    before = pushed.trees()
    project.rollout(hold_window="4s")
    project.second_release()
    assert project.push("--hold").code == ExitCode.OK
    assert pushed.trees() != before
    wait_for(lambda: pushed.trees() == before, 4 + 3)
    wait_for(lambda: project.status()["web1"]["pending"] is None, 5)
    late = project.run("confirm", "lab", "--yes")
    assert late.code == ExitCode.REFUSED, late.text
    assert "error[nothing-pending]" in late.err
    assert "not confirmed within its window" in late.err
    pushed.serves()


def test_a_held_canary_that_is_not_well_any_more_is_not_confirmed(pushed, project):
    project.second_release()
    assert project.push("--hold").code == ExitCode.OK
    pushed.lab.kill_httpd("web1")
    done = project.run("confirm", "lab", "--yes", "--json")
    assert done.code == ExitCode.REFUSED, done.text
    assert done.document["hosts"]["web1"]["end"] == "pending"
    assert json.dumps(done.document["hosts"]["web1"]["why"]).count("reverts by itself at") == 1
    assert project.run("abort", "lab").code == ExitCode.OK
    pushed.serves()


def test_a_held_host_that_is_ill_as_seen_from_here_is_not_confirmed(pushed, project):
    project.second_release()
    assert project.push("--hold").code == ExitCode.OK
    project.settings(lambda document: document["environments"]["lab"].update(controller_health=[
        {"name": "never", "url": "http://www.lab.test/", "status": 599}
    ]))  # fmt: skip
    done = project.run("confirm", "lab", "--yes", "--json")
    assert done.code == ExitCode.REFUSED, done.text
    assert done.document["hosts"]["web1"]["end"] == "pending"
    assert "never: status 301, expected 599" in json.dumps(done.document["hosts"]["web1"]["why"])
    assert project.run("abort", "lab").code == ExitCode.OK
    pushed.serves()


def test_a_canary_that_fails_is_not_held(pushed, project):
    before = pushed.trees()
    project.second_release()
    project.settings(lambda document: document["environments"]["lab"].update(controller_health=[
        {"name": "never", "url": "http://www.lab.test/", "status": 599}
    ]))  # fmt: skip
    done = project.push("--hold")
    assert done.code == ExitCode.REVERTED, done.text
    assert done.ends()["web1"] == "reverted"
    assert pushed.trees() == before
