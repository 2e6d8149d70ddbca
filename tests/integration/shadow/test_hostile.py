"""Whatever a configuration does, it does it to the shadow alone."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.apache_fixture import Apache, free_port

pytestmark = [pytest.mark.apache, pytest.mark.usefixtures("untouched")]

PROGRAM = Path(__file__).with_name("hostile.py")


def state(directory: Path) -> dict[str, str]:
    """Every path below with its size, times, mode and content."""
    found = {}
    for path in sorted(directory.rglob("*")):
        status = path.lstat()
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() and not path.is_symlink() else ""
        found[str(path)] = f"{status.st_mode:o} {status.st_uid} {status.st_size} {status.st_mtime_ns} {digest}"
    return found


@contextmanager
def listening(family: int, address: Any) -> Iterator[tuple[socket.socket, list[Any]]]:
    """A socket of the host's, and who connected to it."""
    callers: list[Any] = []
    with socket.socket(family, socket.SOCK_STREAM) as one:
        one.bind(address)
        one.listen()
        one.settimeout(0.05)
        stop = threading.Event()

        def accept() -> None:
            while not stop.is_set():
                try:
                    callers.append(one.accept())
                except TimeoutError:
                    continue

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield one, callers
        finally:
            stop.set()
            thread.join()


def ask(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/", headers={"Connection": "close"})
    return connection.getresponse().status


def test_files_that_directives_write_stay_as_they_are(apache: Apache, shadows: Any) -> None:
    precious = apache.root / "precious"
    precious.mkdir()
    for name in ("log", "scoreboard", "dav.lock", "session", "rewrite"):
        (precious / name).write_text("precious\n")
    (precious / "pid").write_text("4194303\n")
    apache.enable("dav", "dav_fs", "rewrite", "socache_dbm", "ssl", "setenvif", "mime", "socache_shmcb")
    change = {
        apache.etc / "conf-enabled/hostile.conf": f"""\
CustomLog {precious}/log common
ErrorLog {precious}/error.log
PidFile {precious}/pid
ScoreBoardFile {precious}/scoreboard
Mutex file:{precious} default
DAVLockDB {precious}/dav.lock
DefaultRuntimeDir {precious}
CustomLog "|/bin/sh -c 'echo x >>{precious}/rewrite; rm -f {precious}/session; cat >>{precious}/new'" common
""",
    }
    apache.start()
    live = state(precious)

    booted = shadows.boot(
        change, lambda _: (ask(apache.port), time.sleep(0.2), sorted(path.name for path in precious.iterdir()))
    )

    assert booted["up"], booted["why"]
    assert booted["value"][0] == 200
    assert "new" in booted["value"][2]
    assert "session" not in booted["value"][2]
    assert state(precious) == live
    assert apache.get("/")[0] == 200
    apache.kill()


def test_a_program_run_by_root_reaches_nothing_outside(apache: Apache, shadows: Any, tmp_path: Path) -> None:
    precious = apache.root / "precious"
    precious.mkdir()
    (precious / "file").write_text("precious\n")
    bystander = subprocess.Popen(["sleep", "60"])
    port, abstract, path = free_port(), f"\0safedeploy-{os.getpid()}", f"{apache.root}/host.sock"
    report, wanted = f"{apache.root}/report.json", apache.root / "targets.json"
    marks = [f"{directory}/safedeploy-mark-{os.getpid()}" for directory in ("/run", "/dev/shm", "/tmp", "/var/tmp")]
    root_device = Path("/").stat().st_dev
    targets = {
        "files": [f"{precious}/file", *marks],
        "remove": [f"{precious}/file"],
        "pids": [bystander.pid, os.getpid()],
        "device": root_device,
        "port": port,
        "abstract": abstract,
        "socket": path,
    }
    wanted.write_text(json.dumps(targets))
    program = apache.root / "hostile.py"
    program.write_bytes(PROGRAM.read_bytes())
    python = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
    change = {
        apache.etc / "conf-enabled/hostile.conf": f'CustomLog "|{python} -I -S {program} {report} {wanted}" common\n'
    }
    before = state(precious)

    def work(shadow: Any) -> Any:
        deadline = time.monotonic() + 10
        while not Path(report).exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        return json.loads(shadow.read(report))

    try:
        with (
            listening(socket.AF_INET, ("127.0.0.1", port)) as (_, tcp),
            listening(socket.AF_UNIX, abstract) as (_, named),
            listening(socket.AF_UNIX, path) as (_, unix),
        ):
            booted = shadows.boot(change, work)
        alive = bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()
    found = booted["value"]
    assert found is not None, booted

    # It could write wherever it likes, and nothing of that is here.
    assert all(text.startswith("done") for text in [*found["files"], *found["removed"]])
    assert state(precious) == before
    assert not any(Path(mark).exists() for mark in marks)
    assert (tcp, named, unix) == ([], [], [])
    assert alive
    assert all("No such process" in text for text in found["kill"])
    for name in ("sysctl", "sysrq", "device", "mount", "remount", "unshare", "hostname", "trace", "raw", "priority"):
        assert found[name].startswith("refused"), (name, found[name])
    for name in ("first", "parent", "tcp", "abstract", "socket"):
        assert found[name].startswith("refused"), (name, found[name])
    for name in ("remount", "first", "sysctl", "uncover"):
        assert found[f"{name} as root of its own"].startswith("refused"), name
    assert set(found["devices"]) <= {
        *("fd", "full", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty", "urandom", "zero")
    }
    assert not Path(report).exists()
    assert socket.gethostname() != "hostile"
