"""Hosts that flood, stall and lie cost their own answers: the run ends, says so, and no other host notices."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from safedeploy.core.errors import ExitCode
from tests.e2e import hostile

pytestmark = pytest.mark.shadow

PLACE = "/var/opt/hostile"
MIB = 1 << 20
# One run has all of them at once, each a host of its own to the controller.
READ = sorted(hostile.ATTACKS)
# Over Ansible's own connection, which bounds nothing by itself; that silence ends is the tasks' `timeout`, in minutes.
TRIED = ["complaints", "crowded", "disguised", "flood", "half", "mistyped"]


@pytest.fixture
def hostiles(pushed, project, namespaces):
    """A function that adds hosts with one attack each, all of them played by web2; gives their names."""

    def add(command, attacks):
        names = {attack: f"{command}.{attack}" for attack in attacks}
        script = Path(hostile.__file__).read_bytes()
        pushed.lab.put("web2", f"{PLACE}/program", script, 0o755)
        pushed.shell("web2", f"cd {PLACE}; for name in {' '.join(names.values())}; do ln -sf program $name; done")
        known = json.loads(pushed.lab.inventory.read_text())["all"]["children"]["web"]["hosts"]["web2"]
        hosts = {attack: {**known, "ansible_python_interpreter": f"{PLACE}/{name}"} for attack, name in names.items()}
        document = {"web": {"children": {"hostile": {"hosts": hosts}}}}
        (project.root / "inventories/lab/hostile.yml").write_text(json.dumps(document))
        project.settings(lambda known: known["environments"]["lab"].update(ssh={"command_timeout": "4s"}))
        return list(names)

    yield add
    pushed.shell("web2", f"rm -rf {PLACE}")


@contextmanager
def most_memory_of(run):
    """The most that any process of a run had in use, in bytes."""
    most, over = [0], threading.Event()

    def look():
        while not over.wait(0.05):
            listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=True)
            rows = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
            family = {run.process.pid}
            while more := {pid for pid, parent, _ in rows if parent in family} - family:
                family |= more
            most[0] = max([most[0], *(rss * 1024 for pid, _, rss in rows if pid in family)])

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield most
    finally:
        over.set()
        watcher.join()


def is_plain(text):
    return not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", text)


def test_whatever_hosts_answer_a_status_ends_and_shows_the_good_host(pushed, project, hostiles):
    names = hostiles("observe", READ)
    with project.start("status", "lab", "--limit", "web1:hostile") as run, most_memory_of(run) as most:
        done = run.done()
    assert done.code == ExitCode.UNREACHABLE, done.text
    assert re.search(r"^web1 .* up, loaded .* as released", done.out, re.MULTILINE), done.out
    understood = {name for name in names if not re.search(rf"^{name} +not read", done.out, re.MULTILINE)}
    assert understood <= {"disguised", "crowded"}
    assert is_plain(done.text)
    assert len(done.text) < 100_000
    assert most[0] < 400 * MIB


def test_whatever_hosts_answer_a_check_ends_and_passes_the_good_host(pushed, project, hostiles):
    hostiles("preflight", TRIED)
    project.second_release()
    before = pushed.trees()
    with project.start("check", "lab", "--json", "--limit", "web1:hostile") as run, most_memory_of(run) as most:
        done = run.done()
    assert done.code == ExitCode.REFUSED, done.text
    passed = {host for host, found in done.document["preflight"].items() if found["ok"]}
    assert passed - {"disguised", "crowded"} == {"web1"}
    assert is_plain(done.text)
    assert most[0] < 400 * MIB
    assert pushed.trees() == before
