"""What a shadow may take, and what of the host's own limits it meets."""

from __future__ import annotations

import ctypes
import http.client
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from safedeploy_host import namespaces
from safedeploy_host.shadow import child

from tests.apache_fixture import Apache

pytestmark = [pytest.mark.apache, pytest.mark.usefixtures("untouched")]

libc = ctypes.CDLL(None, use_errno=True)
MIB = 1 << 20


def with_semaphores(limit: str, act: Callable[[], Any], *, taken: int = 0, owner: int = 12345) -> Any:
    """Do `act` on a host with that kernel.sem, on which somebody holds so many sets already."""

    def inside() -> Any:
        namespaces.unshare(namespaces.NEWIPC)
        Path("/proc/sys/kernel/sem").write_text(limit)
        for _ in range(taken):
            libc.syscall(114, -1, owner, -1)  # setreuid: the maker of a set is who calls semget
            assert libc.semget(0, 1, 0o1600) >= 0
            libc.syscall(114, -1, 0, -1)
        return act()

    return child.call(inside, 60)


def sysv(apache: Apache) -> dict[Any, str]:
    """A candidate with a mutex of that kind; the cache of TLS sessions has one."""
    apache.add_tls_site("tls.example.test")
    return {apache.etc / "conf-enabled/mutex.conf": "Mutex sysvsem default\n"}


def test_semaphores_that_the_host_has_no_more_of_are_missing_in_the_shadow(apache: Apache, shadows: Any) -> None:
    change = sysv(apache)

    enough = with_semaphores("250 32000 32 8", lambda: shadows.boot(change))
    exhausted = with_semaphores("250 32000 32 8", lambda: shadows.boot(change), taken=8)
    forbidden = with_semaphores("250 32000 32 0", lambda: shadows.pair(change))

    assert enough["up"], enough["why"]
    assert not exhausted["up"]
    assert "No space left on device" in exhausted["why"]
    assert (forbidden["live"]["up"], forbidden["candidate"]["up"]) == (True, False)


def test_semaphores_that_the_live_server_holds_are_free_for_its_successor(apache: Apache, shadows: Any) -> None:
    def on_host() -> Any:
        sysv(apache)
        apache.write("conf-enabled/mutex.conf", "Mutex sysvsem default\n")
        apache.start()
        sets = len(Path("/proc/sysvipc/sem").read_text().splitlines()) - 1
        Path("/proc/sys/kernel/sem").write_text(f"250 32000 32 {sets}")
        booted = shadows.pair({apache.etc / "conf-enabled/x.conf": "# x\n"})
        left = len(Path("/proc/sysvipc/sem").read_text().splitlines()) - 1
        apache.kill()
        return [sets, left, booted["candidate"]["up"], booted["candidate"]["why"]]

    sets, left, up, why = with_semaphores("250 32000 32 128", on_host)

    assert sets > 0
    assert left == sets
    assert up, why


def test_a_shadow_that_takes_too_much_memory_is_ended_and_says_so(apache: Apache, shadows: Any) -> None:
    shadows.world["memory_bytes"] = 100 * MIB

    def work(_: Any) -> None:
        kept = [bytearray(b"x" * MIB) for _ in range(400)]
        time.sleep(5)
        del kept

    begun = time.monotonic()
    booted = shadows.boot({}, work)

    assert (booted["up"], booted["value"]) == (True, None)
    assert "MiB of memory, more than the 100 MiB it may" in booted["why"]
    assert booted["peak_bytes"] > 100 * MIB
    assert time.monotonic() - begun < 4


def test_what_a_shadow_writes_is_limited(apache: Apache, shadows: Any) -> None:
    # Half of it is for files. The processes are forks of the one that runs the tests, which may be large itself.
    shadows.world["memory_bytes"] = 1024 * MIB

    def work(_: Any) -> str:
        written = 0
        try:
            with Path(f"{apache.root}/log/endless").open("wb", buffering=0) as stream:
                while written < 5000:
                    written += stream.write(b"x" * MIB) // MIB
        except OSError as error:
            return f"{written <= 512} {error.strerror}"
        return "endless"

    booted = shadows.boot({}, work)

    assert booted["value"] == "True No space left on device"
    assert not (apache.root / "log/endless").exists()


def test_work_that_takes_too_long_is_ended_and_says_so(
    apache: Apache, shadows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shadows.world["seconds"] = 3.0
    monkeypatch.setattr("safedeploy_host.shadow.keeper._EXTRA", 0.5)

    begun = time.monotonic()
    booted = shadows.pair({}, {"live": lambda _: "quick", "candidate": lambda _: time.sleep(60)})

    assert booted["live"]["value"] == "quick"
    assert (booted["candidate"]["up"], booted["candidate"]["value"]) == (True, None)
    assert "took longer than" in booted["candidate"]["why"]
    assert time.monotonic() - begun < 10


def test_a_program_that_forks_without_end_is_ended(
    apache: Apache, shadows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("safedeploy_host.shadow.keeper._PROCESSES", 60)
    forks = "/bin/sh -c 'i=0; while [ $i -lt 200 ]; do sleep 30 & i=$((i+1)); done; cat >/dev/null'"
    change = {apache.etc / "conf-enabled/forks.conf": f'CustomLog "|{forks}" common\n'}

    booted = shadows.boot(change, lambda _: time.sleep(10))

    assert booted["why"] == "the shadow had more than 60 processes"


def test_long_output_and_long_logs_are_cut(apache: Apache, shadows: Any) -> None:
    change = {
        apache.etc / "conf-enabled/noise.conf": "LogLevel trace8\n",
        apache.etc / "envvars": (apache.etc / "envvars").read_text() + "yes noise | head -c 1000000 >&2\n",
    }

    def work(_: Any) -> None:
        for _ in range(30):
            connection = http.client.HTTPConnection("127.0.0.1", apache.port, timeout=5)
            connection.request("GET", "/" + "x" * 4000)
            connection.getresponse().read()
            connection.close()

    booted = shadows.boot(change, work)

    assert booted["up"]
    assert len(booted["output"]) <= 64 * 1024
    assert len(booted["error_log"]) <= 400
    assert max(map(len, booted["error_log"])) <= 1000
