"""The same playbooks through ansible-runner: events, interruption, and what is left behind."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from bundles import answers, ledger, write_bundle
from hosts_seen import live, marked, state

from safedeploy.adapters import runner
from safedeploy.adapters.runner.sockets import close_sockets, socket_directory

pytestmark = pytest.mark.lab


@pytest.fixture
def todo(fleet, tmp_path):
    def make(bundle: Path, *names: str, **more: object) -> runner.Play:
        words = {"inventory": fleet.inventory, "hosts": [host.name for host in fleet.hosts], "project": tmp_path} | more
        return runner.Play(playbooks=names, bundle=bundle, **words)  # type: ignore[arg-type]

    return make


@pytest.fixture
def go(todo):
    def run(name: str, bundle: Path, **more: object) -> runner.RunResult:
        heard = {word: more.pop(word) for word in ("on_event", "cancelled") if word in more}
        return runner.run(todo(bundle, name, **more), **heard)  # type: ignore[arg-type]

    return run


def commands() -> list[str]:
    """The command lines of all processes below this one."""
    done = subprocess.run(["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
    rows = [line.split(None, 2) for line in done.stdout.splitlines()]
    own = {str(os.getpid())}
    while more := {row[0] for row in rows if row[1] in own} - own:
        own |= more
    return [row[2] for row in rows if row[0] in own and row[0] != str(os.getpid()) and "ps -A" not in row[2]]


def test_a_whole_push_with_its_events(fleet, go, plans, tmp_path):
    bundle = write_bundle(tmp_path / "bundle", plans(marked("one")))
    events: list[dict] = []
    threads = set()

    def heard(event: dict) -> None:
        events.append(event)
        threads.add(threading.current_thread())

    assert go("preflight.yml", bundle).status == "successful"
    batches = {"safedeploy_batches": [1, 1]}
    skipped = ["safedeploy_hold", "safedeploy_bake", "safedeploy_early_check", "safedeploy_apart"]
    result = go("rollout.yml", bundle, extra=batches, skip=skipped, on_event=heard)
    assert (result.rc, result.status) == (0, "successful")
    left_out = {"Check the host from here", "Check the host from here, and hold for a person over a fresh connection"}
    assert not left_out & {event["event_data"].get("task") for event in events}
    assert {live(fleet, host.name) for host in fleet.hosts} == {marked("one")}
    done = [
        (event["event_data"]["host"], event["event_data"]["task"])
        for event in events
        if event["event"] == "runner_on_ok" and event["event_data"]["task_action"] == "safedeploy_agent"
    ]
    assert done == [
        (f"web{n}", "Activate the release, check the host from here, and confirm over a fresh connection")
        for n in (1, 2, 3)
    ]
    assert threads == {threading.current_thread()}, "a listener is called where it lives"


def test_the_hosts_named_are_the_only_ones(fleet, go, plans, tmp_path):
    bundle = write_bundle(tmp_path / "bundle", plans(marked("one")))
    assert go("preflight.yml", bundle, hosts=["web2"]).rc == 0
    assert sorted(answers(bundle)) == ["web2.preflight", "web2.prepare"]


def test_a_cancelled_play_ends_at_once_and_leaves_no_process(fleet, go, plans, tmp_path):
    bundle = write_bundle(tmp_path / "bundle", plans(marked("one")), bake=30)
    assert go("preflight.yml", bundle).rc == 0
    cancelled_at: list[float] = []

    def cancelled() -> bool:
        if (bundle / "results" / "web1.activate.json").exists():
            cancelled_at.append(time.monotonic())
            return True
        return False

    result = go("rollout.yml", bundle, cancelled=cancelled)
    assert time.monotonic() - cancelled_at[0] < 5
    assert result.status == "canceled"
    assert [line for line in commands() if "ansible" in line or line.startswith("ssh ")] == []
    assert state(fleet, "web1")["pending"], "the host is left to the workflow, or to its own dead-man"
    assert go("revert.yml", bundle).rc == 0
    assert live(fleet, "web1") is None


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_whatever_ends_the_listener_ends_the_play_first(fleet, go, plans, tmp_path, error):
    bundle = write_bundle(tmp_path / "bundle", plans(marked("one")))

    def heard(event: dict) -> None:
        if event["event"] == "runner_on_start":
            raise error

    with pytest.raises(error):
        go("preflight.yml", bundle, on_event=heard)
    assert [line for line in commands() if "ansible" in line] == []


def test_a_signal_to_the_whole_program_leaves_nothing_of_the_play(fleet, plans, tmp_path):
    bundle = write_bundle(tmp_path / "bundle", plans(marked("one")), bake=60)
    program = f"""
import pathlib, signal, sys
from safedeploy.adapters import runner
def stop(*_): raise KeyboardInterrupt
signal.signal(signal.SIGTERM, stop)
for name in ("preflight.yml", "rollout.yml"):
    runner.run(runner.Play(playbooks=(name,), bundle=pathlib.Path({str(bundle)!r}),
                           project=pathlib.Path({str(tmp_path)!r}),
                           inventory=pathlib.Path({str(fleet.inventory)!r}), hosts=["web1"]))
"""
    child = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL)
    while not (bundle / "results" / "web1.activate.json").exists():
        assert child.poll() is None
        time.sleep(0.1)
    child.terminate()
    child.wait(15)
    left = subprocess.run(["pgrep", "-af", str(bundle)], capture_output=True, text=True, check=False).stdout
    assert left == ""


def test_nothing_private_is_left_and_nothing_secret_was_there(fleet, go, plans, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    secret = "correct-horse-battery-staple"
    bundle = write_bundle(tmp_path / "bundle", plans(marked(secret)))
    seen: list[str] = []

    def heard(_event: dict) -> None:
        for directory in (tmp_path / "temporary").glob("safedeploy-play-*"):
            assert directory.stat().st_mode & 0o777 == 0o700
            for path in directory.rglob("*"):
                with contextlib.suppress(FileNotFoundError, IsADirectoryError):  # files of events come and go
                    seen.append(path.read_text(errors="replace"))

    assert go("preflight.yml", bundle, on_event=heard, verbosity=4).rc == 0
    token = answers(bundle)["web1.prepare"]["result"]["token"]
    assert seen
    assert not [text for text in seen if secret in text or token in text]
    assert list((tmp_path / "temporary").glob("safedeploy-play-*")) == []


def test_host_keys_are_checked_although_ansible_runner_would_not(fleet, go, plans, tmp_path):
    inventory = json.loads(fleet.inventory.read_text())
    for host in inventory["all"]["children"]["web"]["hosts"].values():
        host["ansible_ssh_common_args"] = "-o UserKnownHostsFile=/dev/null -o GlobalKnownHostsFile=/dev/null"
    (tmp_path / "inventory.json").write_text(json.dumps(inventory))
    bundle = write_bundle(tmp_path / "bundle", plans(marked("one")))
    result = go("preflight.yml", bundle, inventory=tmp_path / "inventory.json")
    assert result.rc == 4
    assert {line["kind"] for line in ledger(bundle)} == {"unreachable"}
    assert all("Host key verification failed" in line["text"] for line in ledger(bundle))


def test_a_playbook_that_cannot_start_says_why(fleet, go, plans, tmp_path):
    (tmp_path / "ansible.cfg").write_text("[defaults]\nvault_password_file = nowhere\n")
    result = go("preflight.yml", write_bundle(tmp_path / "bundle", plans(marked("one"))))
    assert result.rc != 0
    assert "nowhere" in result.stdout_tail


def test_connections_are_kept_between_plays_and_closed_at_the_end(fleet, go, plans, tmp_path):
    bundle = write_bundle(tmp_path / "bundle", plans(marked("one")))
    go("preflight.yml", bundle)
    directory = socket_directory()
    before = {path.name for path in directory.iterdir()}
    go("release.yml", bundle)
    assert {path.name for path in directory.iterdir()} == before != set()
    close_sockets(directory)
    socket_directory.cache_clear()
    assert not directory.exists()
    time.sleep(0.3)
    assert subprocess.run(["pgrep", "-af", str(directory)], capture_output=True, check=False).stdout == b""


def test_a_play_does_not_outlive_a_controller_that_is_killed(fleet, go, plans, tmp_path):
    bundle = write_bundle(tmp_path / "bundle", plans(marked("one")), confirm_window=5, bake=4)
    program = f"""
import pathlib
from safedeploy.adapters import runner
for name in ("preflight.yml", "rollout.yml"):
    runner.run(runner.Play(playbooks=(name,), bundle=pathlib.Path({str(bundle)!r}),
                           project=pathlib.Path({str(tmp_path)!r}),
                           inventory=pathlib.Path({str(fleet.inventory)!r}), hosts=["web1", "web2"]))
"""
    child = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL)
    while not (bundle / "results" / "web1.activate.json").exists():
        assert child.poll() is None
        time.sleep(0.1)
    child.kill()
    child.wait(5)
    prefix = f"safedeploy-play-{child.pid}-"
    deadline = time.monotonic() + 10
    while (left := subprocess.run(["pgrep", "-f", prefix], capture_output=True, check=False).stdout) and (
        time.monotonic() < deadline
    ):
        time.sleep(0.1)
    assert left == b""
    deadline = time.monotonic() + 30
    while live(fleet, "web1") is not None and time.monotonic() < deadline:
        time.sleep(0.2)
    assert live(fleet, "web1") is None, "nobody has confirmed, so the host has gone back"
    assert live(fleet, "web2") is None
    go("release.yml", bundle, hosts=["web1"])
    assert list(Path(tempfile.gettempdir()).glob(f"{prefix}*")) == [], "the next run tidies up"
