"""Whoever dies, and whenever: nothing of a shadow stays behind."""

from __future__ import annotations

import base64
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.apache_fixture import Apache, file_entry, free_port
from tests.integration.shadow.test_backends import backend

pytestmark = pytest.mark.apache

AGENT = Path(__file__).with_name("agent.py")
MODULE_UTILS = Path(__file__).parents[3] / "playbooks/module_utils"
ROUNDS = int(os.environ.get("SAFEDEPLOY_KILL_ROUNDS", "12"))


def request(apache: Apache, port: int) -> Path:
    """Everything that a shadow can hold: mounts, two networks, bridges, semaphores, shared memory, a piped log."""
    text = (
        "Mutex sysvsem default\n"
        f"CustomLog \"|/bin/sh -c 'echo >{apache.root}/piped; exec cat >/dev/null'\" common\n"
        f'ProxyPass "/app" "http://127.0.0.1:{port}/"\n'
    )
    entry = file_entry(text.encode())
    document = {
        "site": apache.site,
        "entries": {f"{apache.etc}/conf-enabled/all.conf": entry},
        "objects": {entry["sha256"]: base64.b64encode(text.encode()).decode()},
        "world": {
            "backends": [
                {"name": "127.0.0.1", "port": port, "place": "x:1"},
                {"name": "192.0.2.44", "port": port, "place": "x:1"},
            ],
            "clients": ["198.18.0.1"],
            "seconds": 20,
        },
    }
    path = apache.root / "request.json"
    path.write_text(json.dumps(document))
    return path


@contextmanager
def agent(apache: Apache, path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", str(AGENT), str(MODULE_UTILS), str(path)],
        stdout=subprocess.PIPE,
        text=True,
        env={"TMPDIR": str(apache.root / "run")},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def processes(apache: Apache) -> list[str]:
    """The command lines of everything that belongs to this tree, in whatever namespace."""
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                words = (path / "cmdline").read_bytes().decode("utf-8", "replace")
            except OSError:
                continue
            if str(apache.root) in words:
                found.append(words.replace("\0", " "))
    return found


def left(apache: Apache) -> dict[str, Any]:
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    return {
        "processes": processes(apache),
        "mounts": [line for line in mounts if " overlay " in line or str(apache.root) in line],
        "links": [path.name for path in Path("/sys/class/net").iterdir() if path.name in ("backends", "shadow")],
        "semaphores": [line for line in Path("/proc/sysvipc/sem").read_text().splitlines() if str(os.getpid()) in line],
        "files": sorted(
            str(path.relative_to(apache.root)) for path in apache.root.rglob("*") if "etc/" not in str(path)
        ),
    }


def wait_until_gone(apache: Apache, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while processes(apache) and time.monotonic() < deadline:
        time.sleep(0.005)


def test_nothing_is_left_when_the_agent_is_killed_at_any_moment(apache: Apache, shadows: Any) -> None:
    port = free_port()
    apache.enable("proxy", "proxy_http")
    apache.add_tls_site("tls.example.test")
    path = request(apache, port)
    before, tree = left(apache), apache.snapshot()
    moments = random.Random(os.getpid())  # the seed is in the message of a failure
    with backend("127.0.0.1", port):
        for number in range(ROUNDS):
            with agent(apache, path) as process:
                assert process.stdout is not None
                # The first one is killed after a whole round of its own: what it does is known to work.
                done = process.stdout.readline() if number == 0 else ""
                wait = moments.uniform(0, 0.7)
                time.sleep(wait)
                process.kill()
                process.wait()
                if number == 0:
                    assert json.loads(done) == {"live": [True, ""], "candidate": [True, ""]}
                wait_until_gone(apache, 2.0)
                assert left(apache) == before, f"round {number}, killed after {wait:.3f} s, seed {os.getpid()}"
    assert apache.snapshot() == tree


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_when_the_agent_is_asked_to_end(apache: Apache, shadows: Any, number: signal.Signals) -> None:
    apache.enable("proxy", "proxy_http")
    path = request(apache, free_port())
    before = left(apache)

    with agent(apache, path) as process:
        time.sleep(0.15)
        process.send_signal(number)
        process.wait(timeout=10)
        wait_until_gone(apache, 2.0)
        assert left(apache) == before


def test_nothing_is_left_when_a_keeper_is_killed_and_the_agent_says_what_happened(apache: Apache, shadows: Any) -> None:
    before = left(apache)

    def work(_: Any) -> None:
        time.sleep(30)

    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    older = children.read_text().split()  # of other tests, such as their database

    def kill_keepers() -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            others = [int(child) for child in children.read_text().split() if child not in (str(os.getpid()), *older)]
            if others and any("apache2" in words for words in processes(apache)):
                os.kill(others[0], signal.SIGKILL)
                return
            time.sleep(0.01)

    killer = os.fork()
    if killer == 0:
        try:
            kill_keepers()
        finally:
            os._exit(0)
    with pytest.raises(OSError, match="keeper was killed"):
        shadows.boot({}, work)
    os.waitpid(killer, 0)
    wait_until_gone(apache, 2.0)

    assert left(apache) == before
