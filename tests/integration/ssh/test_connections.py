"""Connections: kept, made anew when asked or when lost, closed at the end; and how the program is found."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from pathlib import Path

import pytest
from sshd import Sshd

from safedeploy.adapters.ssh import Answer, Fleet
from safedeploy.core.remote_line import agent_path

pytestmark = pytest.mark.lab


def logins(sshd: Sshd) -> set[str]:
    """The sshd processes that serve a session, by process id."""
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    own = {row[0] for row in rows if f"-f {sshd.root}/sshd_config" in row[2]}
    return {row[0] for row in rows if row[1] in own and row[2].startswith("sshd: root")}


@pytest.fixture
def fleet(sshd: Sshd, agent, limits):
    with Fleet([sshd.host()], limits, agent) as opened:
        yield opened


def ask(fleet: Fleet, directory: Path, **more) -> Answer:
    reply = fleet.call("observe", {"web1": {"site": {"state_dir": str(directory)}, **more.pop("request", {})}}, **more)
    assert isinstance(reply["web1"], Answer), reply
    return reply["web1"]


def test_a_second_question_uses_the_same_connection(sshd: Sshd, fleet: Fleet, tmp_path):
    ask(fleet, tmp_path)
    before = logins(sshd)
    ask(fleet, tmp_path)
    assert logins(sshd) == before
    assert len(before) == 1


def test_a_fresh_question_uses_a_new_connection(sshd: Sshd, fleet: Fleet, tmp_path):
    ask(fleet, tmp_path)
    before = logins(sshd)
    ask(fleet, tmp_path, fresh=True)
    assert not logins(sshd) & before


def test_a_connection_that_was_cut_is_made_again(sshd: Sshd, fleet: Fleet, tmp_path):
    ask(fleet, tmp_path)
    for pid in logins(sshd):
        os.kill(int(pid), 9)
    time.sleep(0.3)
    ask(fleet, tmp_path)


def test_a_connection_that_froze_is_made_again(sshd: Sshd, fleet: Fleet, tmp_path):
    ask(fleet, tmp_path)
    frozen = logins(sshd)
    for pid in frozen:
        os.kill(int(pid), 19)
    try:
        ask(fleet, tmp_path)
    finally:
        for pid in frozen:
            os.kill(int(pid), 9)


def test_closing_leaves_no_connection_and_no_thread(sshd: Sshd, agent, limits, tmp_path):
    with Fleet([sshd.host()], limits, agent) as fleet:
        ask(fleet, tmp_path)
    time.sleep(0.3)
    assert logins(sshd) == set()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith(("ssh ", "Thread-SSH"))] == []


def test_where_the_program_is_missing_it_runs_from_memory_and_nothing_is_written(fleet: Fleet, tmp_path):
    state = tmp_path / "state"
    result = ask(fleet, state).result
    assert result["program"].startswith("/proc/self/fd/")
    assert not state.exists()


def test_where_the_program_is_staged_that_one_runs(fleet: Fleet, agent, tmp_path):
    path = Path(agent_path(str(tmp_path), agent.sha256))
    path.parent.mkdir()
    shutil.copy(agent.path, path)
    assert ask(fleet, tmp_path).result["program"] == str(path)


def test_a_large_request_arrives_whole(fleet: Fleet, tmp_path):
    assert ask(fleet, tmp_path, request={"pad": "x" * 3_000_000}).result["size"] == 3_000_000


def test_twenty_hosts_are_asked_at_once(sshd: Sshd, agent, limits, tmp_path):
    hosts = [sshd.host(f"web{number}") for number in range(20)]
    with Fleet(hosts, limits, agent) as fleet:
        requests = {host.name: {"site": {"state_dir": str(tmp_path)}, "sleep": 1} for host in hosts}
        fleet.call("observe", {"web0": requests["web0"]})
        began = time.monotonic()
        replies = fleet.call("observe", requests, timeout=30)
        assert all(isinstance(reply, Answer) for reply in replies.values()), replies
        assert time.monotonic() - began < 12, "one after another would take more than twenty seconds"
