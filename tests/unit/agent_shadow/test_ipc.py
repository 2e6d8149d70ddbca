"""The System V limits that a shadow gets are what the host has left for this httpd."""

from __future__ import annotations

import pytest
from safedeploy_host.shadow import ipc, kernel_settings

SEMAPHORES = """\
       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime
         0          0   600          1    33     0     0     0          0 1700000000
         0          1   600         17  1000  1000  1000  1000          0 1700000000
"""
MEMORY = """\
       key      shmid perms       size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime
         0          0   600       8192   100   100      2     0     0     0     0          0          0 1700000000
         0          1   600       4097   200   200      2     0     0     0     0          0          0 1700000000
"""
HOST = {
    "kernel/sem": "250\t32000\t32\t128",
    "kernel/shmmax": "1000000",
    "kernel/shmall": "500",
    "kernel/shmmni": "4096",
}


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    files = {"/proc/sysvipc/sem": SEMAPHORES, "/proc/sysvipc/shm": MEMORY}
    monkeypatch.setattr(ipc, "_read", files.__getitem__)
    monkeypatch.setattr(ipc, "_workers", lambda pids: {33} if pids else set())
    monkeypatch.setattr(kernel_settings, "read", lambda names: {name: HOST[name] for name in names})
    return files


def test_what_others_hold_is_taken_off_and_what_this_httpd_holds_is_not(host: dict[str, str]) -> None:
    assert ipc.limits([100], 1 << 40) == {
        "kernel/sem": "250 31983 32 127",
        "kernel/shmmax": "1000000",
        "kernel/shmall": "498",
        "kernel/shmmni": "4095",
    }


def test_when_no_httpd_runs_all_that_is_held_is_others(host: dict[str, str]) -> None:
    limits = ipc.limits([], 1 << 40)

    assert limits["kernel/sem"] == "250 31982 32 126"
    assert limits["kernel/shmmni"] == "4094"


def test_a_kernel_without_these_tables_has_no_limits(host: dict[str, str]) -> None:
    host.clear()

    assert ipc.limits([100], 1 << 40) == {}


def test_shared_memory_is_limited_to_what_the_shadow_may_take(host: dict[str, str]) -> None:
    assert ipc.limits([100], 100 * 4096)["kernel/shmall"] == "100"
