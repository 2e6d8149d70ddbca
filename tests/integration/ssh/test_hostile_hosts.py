"""A host that floods, stalls or lies costs its own answer, and nothing else."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from sshd import Sshd

from safedeploy.adapters.ssh import Answer, Fleet, Kind, Refusal, Unreachable
from safedeploy.core.policy import Ssh

pytestmark = pytest.mark.lab


@contextmanager
def impostor(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port whose first visitor gets `serve`."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            sock, _ = server.accept()
            with sock, suppress(OSError):
                serve(sock)

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]


def silent(sock: socket.socket) -> None:
    sock.recv(1 << 20)
    time.sleep(30)


def endless_banner(sock: socket.socket) -> None:
    while True:
        sock.sendall(b"not ssh at all " * 1000)


def endless_banner_lines(sock: socket.socket) -> None:
    while True:
        sock.sendall(b"hello\r\n")
        time.sleep(0.01)


def endless_trickle(sock: socket.socket) -> None:
    while True:
        sock.sendall(b"x")
        time.sleep(0.05)


def silence_after_the_banner(sock: socket.socket) -> None:
    sock.sendall(b"SSH-2.0-OpenSSH_9.9\r\n")
    time.sleep(30)


def garbage_after_the_banner(sock: socket.socket) -> None:
    sock.sendall(b"SSH-2.0-OpenSSH_9.9\r\n" + bytes(range(256)) * 100)
    time.sleep(30)


@pytest.mark.parametrize(
    "serve",
    [silent, endless_banner, endless_banner_lines, endless_trickle, silence_after_the_banner, garbage_after_the_banner],
)
def test_whatever_speaks_there_the_deadline_holds(sshd: Sshd, ask, serve):
    with impostor(serve) as port:
        began = time.monotonic()
        reply = ask(sshd.host(port=port), ssh=Ssh(connect_timeout=1, command_timeout=1))
        assert time.monotonic() - began < 3
    assert isinstance(reply, Unreachable)
    assert reply.kind in {Kind.TIMEOUT, Kind.CLOSED}


@pytest.mark.parametrize("stream", [1, 2])
def test_endless_output_ends_at_the_limit(sshd: Sshd, ask, stream):
    began = time.monotonic()
    reply = ask(sshd.host(), flood=stream)
    assert reply.kind is Kind.GARBAGE
    assert "200000" in reply.reason
    assert time.monotonic() - began < 4


def test_a_program_that_never_answers_ends_at_the_timeout(sshd: Sshd, ask):
    began = time.monotonic()
    reply = ask(sshd.host(), sleep=30, ssh=Ssh(connect_timeout=5, command_timeout=1))
    assert reply.kind is Kind.TIMEOUT
    assert time.monotonic() - began < 3


def test_what_login_scripts_print_is_not_the_answer(sshd: Sshd, ask):
    assert isinstance(ask(sshd.host(), noise='welcome!\n{"safedeploy": 2}\n'), Answer)


@pytest.mark.parametrize(
    "raw", ["", "[]", "{}", '{"safedeploy":1,"ok":true,"result":"text"}', "[" * 100_000, "\x00\xff"]
)
def test_an_answer_that_is_none_is_garbage(sshd: Sshd, ask, raw):
    assert ask(sshd.host(), raw=raw).kind is Kind.GARBAGE


def test_a_refusal_carries_its_parts_without_terminal_escapes(sshd: Sshd, ask):
    raw = (
        '{"safedeploy":1,"ok":false,"error":{"code":"no-httpd","message":"\\u001b[2Jno \\u001b]0;owned\\u0007httpd",'
        '"state":"nothing changed","next":"install it","detail":{"output":"\\u001b[31mred\\u001b[0m\\u202e"}}}'
    )
    reply = ask(sshd.host(), raw=raw)
    assert isinstance(reply, Refusal)
    assert (reply.code, reply.message, reply.next) == ("no-httpd", "no httpd", "install it")
    assert reply.detail == {"output": "red"}


def test_one_bad_host_does_not_hold_up_the_others(sshd: Sshd, agent, tmp_path):
    with impostor(silent) as port:
        hosts = [sshd.host("good"), sshd.host("bad", port=port), sshd.host("away", address="no-such-host.invalid")]
        with Fleet(hosts, Ssh(connect_timeout=1, command_timeout=5), agent) as fleet:
            site = {"site": {"state_dir": str(tmp_path)}}
            replies = fleet.call("observe", {host.name: site for host in hosts})
    assert list(replies) == ["good", "bad", "away"]
    assert isinstance(replies["good"], Answer)
    assert [replies[name].kind for name in ("bad", "away")] == [Kind.TIMEOUT, Kind.UNRESOLVABLE]
