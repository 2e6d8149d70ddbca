"""The live server serves on while shadows of it come and go, and nothing of it changes."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from safedeploy_host import sockets

from tests.apache_fixture import Apache

pytestmark = [pytest.mark.apache, pytest.mark.usefixtures("untouched")]


def ask(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": "www.example.test", "Connection": "close"})
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


def held(apache: Apache) -> dict[str, Any]:
    """What the live server holds: its parent process, sockets, open files and run directory."""
    pid = apache.pid
    assert pid is not None
    return {
        "pid": pid,
        "ports": sorted(sockets.listening(pid) or {}),
        "files": sorted(str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir()),
        "run": sorted(str(path.relative_to(apache.root)) for path in (apache.root / "run").rglob("*")),
    }


def rows(table: str) -> set[str]:
    """The rows of a System V table, without the times that every use changes. Others of the machine are among them."""
    lines = Path(f"/proc/sysvipc/{table}").read_text().splitlines()[1:]
    return {" ".join(line.split()[:4]) for line in lines}


def test_the_live_server_loses_no_request_and_sees_none_of_the_shadows(apache: Apache, shadows: Any) -> None:
    apache.add_tls_site("tls.example.test")
    apache.write("conf-enabled/mutex.conf", "Mutex sysvsem default\n")
    apache.write("conf-enabled/log.conf", f"CustomLog {apache.root}/log/all.log common\n")
    apache.start()
    before, semaphores, memory = held(apache), rows("sem"), rows("shm")
    answers, stop = Counter[Any](), threading.Event()

    def hammer() -> None:
        while not stop.is_set():
            try:
                answers[ask(apache.port, "/live")] += 1
            except OSError as error:
                answers[repr(error)] += 1

    threads = [threading.Thread(target=hammer) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        change = {apache.etc / "conf-enabled/x.conf": 'Redirect gone "/shadow"\n'}
        booted = [shadows.pair(change, lambda _: [ask(apache.port, "/shadow") for _ in range(10)]) for _ in range(4)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    time.sleep(0.2)

    assert [one["candidate"]["value"] for one in booted] == [[410] * 10] * 4
    assert set(answers) == {404}
    assert held(apache) == before
    assert semaphores
    assert semaphores <= rows("sem")
    assert memory <= rows("shm")
    text = (apache.root / "log/other_vhosts_access.log").read_text()
    assert "/shadow" not in text
    assert text.count("GET /live ") == answers[404]
    assert "/shadow" not in apache.log()
    apache.kill()
