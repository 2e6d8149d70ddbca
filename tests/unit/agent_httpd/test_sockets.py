"""Listening sockets as the kernel tells them, and as /proc does where it tells nothing: the same."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from safedeploy_host import sock_diag, sockets

MPTCP = 262
LISTENER = """
import socket, sys
one = socket.create_server(("", 0))
print(one.getsockname()[1], flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def unrefused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "_refused", [])


def listener(family: int, host: str, protocol: int = 0, *, only_v6: bool = False, port: int = 0) -> socket.socket:
    one = socket.socket(family, socket.SOCK_STREAM, protocol)
    try:
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(only_v6))
        one.bind((host, port))
        one.listen(8)
    except OSError:
        one.close()
        raise
    return one


@pytest.fixture
def held() -> Iterator[list[tuple[str, int]]]:
    """The addresses of listening sockets of every kind that this process holds."""
    with contextlib.ExitStack() as stack:
        opened = [
            stack.enter_context(one)
            for one in (
                listener(socket.AF_INET, "127.0.0.1"),
                listener(socket.AF_INET, "127.0.0.2"),
                listener(socket.AF_INET, "0.0.0.0"),
                listener(socket.AF_INET6, "::1"),
                listener(socket.AF_INET6, "::"),
                listener(socket.AF_INET6, "::", only_v6=True),
                listener(socket.AF_INET6, "::ffff:127.0.0.1"),
            )
        ]
        yield [one.getsockname()[:2] for one in opened]


def refuse(*_: Any) -> Any:
    raise PermissionError(1, "refused")


def not_from_proc(*_: Any) -> Any:
    raise AssertionError("/proc was read")


def both_ways(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Any]) -> tuple[Any, Any]:
    """What `act` returns where only the kernel may be asked, and where only /proc may be read."""
    with monkeypatch.context() as patched:
        patched.setattr(sockets, "_rows", not_from_proc)
        asked = act()
    with monkeypatch.context() as patched:
        patched.setattr(sock_diag, "listening", refuse)
        patched.setattr(sockets, "_refused", [])
        return asked, act()


def test_a_process_s_sockets_are_told_with_their_addresses_by_the_kernel_and_by_proc(
    held: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, read = both_ways(monkeypatch, lambda: sockets.bound(os.getpid()))

    assert asked == read
    assert sorted(address for _, address in asked) == sorted(held)
    assert [":" in host for _, (host, _) in asked] == [False] * 3 + [True] * 4


def test_where_to_reach_them_is_the_same_both_ways(
    held: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, read = both_ways(monkeypatch, lambda: sockets.listening(os.getpid()))

    assert list(asked.items()) == list(read.items())
    assert len(asked) == len(held)


def test_all_of_the_network_are_told_both_ways(held: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    ours = sockets.inodes(os.getpid()) or set()

    asked, read = both_ways(monkeypatch, lambda: [one for one in sockets.all_listening() if one[0] in ours])

    assert asked == read
    assert len(asked) == len(held)


def test_who_waits_is_counted_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    with contextlib.ExitStack() as stack:
        v4 = stack.enter_context(listener(socket.AF_INET, "127.0.0.1"))
        v6 = stack.enter_context(listener(socket.AF_INET6, "::1"))
        idle = stack.enter_context(listener(socket.AF_INET, "127.0.0.1"))
        for one in (v4, v4, v4, v6, v6):
            stack.enter_context(socket.create_connection(one.getsockname()[:2], 5))
        stack.enter_context(v4.accept()[0])
        ports = [one.getsockname()[1] for one in (v4, v6, idle)]

        assert both_ways(monkeypatch, lambda: [sockets.queued([port]) for port in ports]) == ([2, 2, 0],) * 2
        assert both_ways(monkeypatch, lambda: sockets.queued(ports)) == (4, 4)


def test_more_sockets_than_one_answer_holds_are_all_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with contextlib.ExitStack() as stack:
        ports = [
            stack.enter_context(listener(family, host)).getsockname()[1]
            for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
            for _ in range(350)
        ]
        asked, read = both_ways(monkeypatch, lambda: sockets.bound(os.getpid()))

    assert sorted(asked) == sorted(read)
    assert sorted(port for _, (_, port) in asked) == sorted(ports)


def test_a_socket_of_multipath_tcp_is_told_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        one = listener(socket.AF_INET, "127.0.0.1", MPTCP)
    except OSError:
        pytest.skip("this kernel has no multipath TCP")
    with one:
        asked, read = both_ways(monkeypatch, lambda: sockets.bound(os.getpid()))

        assert asked == read
        assert [address for _, address in asked] == [one.getsockname()]


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [(sock_diag, "_SOCK_DIAG", 31), (sock_diag, "_BY_FAMILY", 99), (socket, "IPPROTO_TCP", 200)],
    ids=["the protocol", "the question", "the module"],
)
def test_a_kernel_that_lacks_a_part_of_it_is_not_needed(
    held: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch, module: Any, name: str, value: int
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(module, name, value)
        found = sockets.bound(os.getpid())

    assert len(sockets._refused) == 1
    assert sorted(address for _, address in found) == sorted(held)


def test_a_kernel_that_has_refused_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(sock_diag, "listening", lambda: asked.append(1) or refuse())

    for _ in range(3):
        sockets.all_listening()

    assert asked == [1]


def test_a_process_that_is_gone_has_none() -> None:
    child = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(child, 0)

    assert sockets.bound(child) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="another network takes root")
def test_a_process_in_another_network_is_seen_there(held: list[tuple[str, int]]) -> None:
    command = ["unshare", "--net", sys.executable, "-c", LISTENER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        port = int(other.stdout.readline())
        found = sockets.bound(other.pid)
        ours = sockets.all_listening()
        other.communicate("")

    assert [address for _, address in found] == [("0.0.0.0", port)]
    assert found[0] not in ours
    assert sockets._refused == []
