"""An Ansible that is started before its work is ready: on a fleet, through ansible-runner."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time

import pytest
from bundles import answers, write_bundle
from hosts_seen import live, marked

from safedeploy.adapters import runner

pytestmark = pytest.mark.lab

BOTH = ("preflight.yml", "rollout.yml")
COURSE = {"safedeploy_course_file": "course.json"}
UNUSED = ("safedeploy_hold", "safedeploy_bake")


@pytest.fixture
def started(fleet, tmp_path):
    """A function that starts playbooks that wait, with a bundle of this test; they are ended after it."""
    plays = []

    def start(*names: str) -> runner.Started:
        play = runner.Play(
            playbooks=names,
            bundle=tmp_path / "bundle",
            project=tmp_path,
            inventory=fleet.inventory,
            hosts=[host.name for host in fleet.hosts],
            extra=COURSE,
            skip=UNUSED,
        )
        plays.append(runner.Started(play, waiting=True))
        return plays[-1]

    yield start
    for play in plays:
        play.end()


def course(bundle, *hosts, batches=(1,), hold=False):
    (bundle / "course.json").write_text(json.dumps({"hosts": hosts, "batches": batches, "hold": hold}))


def test_one_ansible_runs_both_with_what_is_written_just_before(fleet, started, plans, tmp_path):
    begun = started(*BOTH)
    bundle = write_bundle(tmp_path / "bundle", {host: plans(marked("one"))[host] for host in ("web1", "web3")})
    tasks = []

    def heard(event):
        if event["event"] == "runner_on_ok":
            tasks.append((event["event_data"]["host"], event["event_data"]["task"]))

    assert begun.go(heard) == runner.RunResult(rc=0, status="successful")
    assert sorted(tasks) == sorted(
        (host, task) for host in ("web1", "web3") for task in ("Take the lease", "Stage and test the release")
    ), "of the bundle's hosts alone, and all of it was heard"
    assert begun.running
    assert live(fleet, "web1") is None
    course(bundle, "web3")
    assert begun.go().rc == 0
    assert (live(fleet, "web1"), live(fleet, "web3")) == (None, marked("one"))
    assert not begun.running


def test_no_host_is_touched_before_it_is_let_begin(fleet, started, plans, tmp_path):
    begun = started(*BOTH)
    bundle = write_bundle(tmp_path / "bundle", plans(marked("one")))
    time.sleep(4)
    assert begun.running
    assert answers(bundle) == {}


def test_there_is_no_rollout_without_its_course(fleet, started, plans, tmp_path):
    bundle = write_bundle(tmp_path / "bundle", plans(marked("one")))
    begun = started(*BOTH)
    assert begun.go().rc == 0
    result = begun.go()
    assert result.rc != 0
    assert "course.json" in result.stdout_tail
    assert not [name for name in answers(bundle) if "activate" in name]


def test_a_preflight_that_fails_is_the_end(fleet, started, plans, tmp_path):
    bundle = write_bundle(tmp_path / "bundle", plans("NoSuchDirective\n"))
    begun = started(*BOTH)
    assert begun.go().rc != 0
    assert not begun.running
    course(bundle, "web1")
    assert begun.go().rc != 0, "asked again it says the same"
    assert live(fleet, "web1") is None


def test_it_is_ended_wherever_it_is(started, fleet):
    for pause in (0.0, 0.5, 3.0):
        begun = started(*BOTH)
        time.sleep(pause)
        at = time.monotonic()
        begun.end()
        assert not begun.running
        assert time.monotonic() - at < 12, "a kill of what does not end by itself is reckoned in"


def test_it_is_cancelled_while_it_waits_for_its_turn(started, fleet):
    begun = started("preflight.yml")
    assert begun.go(cancelled=lambda: True).status == "canceled"
    assert not begun.running


def test_what_is_cancelled_before_its_turn_does_not_begin(fleet, started, plans, tmp_path):
    bundle = write_bundle(tmp_path / "bundle", plans(marked("one")))
    begun = started(*BOTH)
    assert begun.go().rc == 0
    course(bundle, "web1", "web2", "web3")
    events = []
    result = begun.go(lambda event: events.append(event["event"]), cancelled=lambda: True)
    assert result.status == "canceled"
    assert "playbook_on_play_start" not in events, "the rollout was let begin"
    assert not begun.running


def test_one_that_cannot_start_says_why(started, tmp_path):
    (tmp_path / "ansible.cfg").write_text("[defaults]\nvault_password_file = nowhere\n")
    begun = started(*BOTH)
    result = begun.go()
    assert result.rc != 0
    assert "nowhere" in result.stdout_tail


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_what_ends_the_listener_is_raised_when_everything_has_ended(started, plans, tmp_path, fleet, error):
    write_bundle(tmp_path / "bundle", plans(marked("one")))
    begun = started(*BOTH)

    def heard(event):
        if event["event"] == "runner_on_start":
            raise error

    with pytest.raises(error):
        begun.go(heard)
    assert not begun.running


def test_one_that_is_killed_is_a_result_like_any_other(started, fleet):
    begun = started(*BOTH)
    while subprocess.run(["pkill", "-9", "-P", str(os.getpid()), "-f", "tied.py"], check=False).returncode:
        time.sleep(0.05)
    assert begun.go() == runner.RunResult(rc=137, status="failed")


def test_its_last_words_are_of_the_playbook_that_it_was_let_begin(started, plans, tmp_path, fleet):
    write_bundle(tmp_path / "bundle", plans(marked("one")))
    begun = started(*BOTH)
    assert begun.go().rc == 0
    subprocess.run(["pkill", "-9", "-P", str(os.getpid()), "-f", "tied.py"], check=True)
    assert begun.go() == runner.RunResult(rc=137, status="failed", stdout_tail="")


def test_events_are_handed_over_in_the_thread_that_lets_it_go(started, plans, tmp_path, fleet):
    write_bundle(tmp_path / "bundle", plans(marked("one")))
    threads = set()
    started("preflight.yml").go(lambda _event: threads.add(threading.current_thread()))
    assert threads == {threading.current_thread()}
