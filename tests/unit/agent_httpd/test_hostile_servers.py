"""No server, however slow or broken, keeps a health check from coming to an end with a reason."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from safedeploy_host import health

if TYPE_CHECKING:  # Python 3.8 cannot evaluate it
    Behaviour = Callable[[socket.socket], None]


@contextlib.contextmanager
def serving(behaviour: Behaviour) -> Iterator[str]:
    """A server on loopback that treats each connection like that; gives its URL."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)

        def treat(connection: socket.socket) -> None:
            with connection, contextlib.suppress(OSError):
                behaviour(connection)

        def accept() -> None:
            while not ended.is_set():
                with contextlib.suppress(OSError):
                    threading.Thread(target=treat, args=(server.accept()[0],), daemon=True).start()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield f"http://www.example.test:{server.getsockname()[1]}/"
        finally:
            ended.set()
            thread.join()


def run(url: str, **check: Any) -> dict[str, Any]:
    (result,) = health.run([{"url": url, "timeout": 0.5, **check}], {"httpd": {"address": "127.0.0.1"}})
    return result


def _silent(connection: socket.socket) -> None:
    connection.recv(65536)
    time.sleep(5)


def _drips_headers(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Drip: ")
    for _ in range(100):
        connection.sendall(b"x")
        time.sleep(0.05)


def _drips_interim(connection: socket.socket) -> None:
    connection.recv(65536)
    for _ in range(100):
        connection.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")
        time.sleep(0.05)


def _drips_body(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(100):
        connection.sendall(b"x")
        time.sleep(0.05)


def _endless_chunks(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(100):
        connection.sendall(b"1\r\nx\r\n")
        time.sleep(0.05)


def _garbage(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"\x00\xff\x00 this is not HTTP\r\n\r\n" * 10)


def _bad_chunks(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\nx\r\n")


def _cut_off(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort")


def _endless_headers(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in itertools.count():
        connection.sendall(b"X-%d: x\r\n" % number)


def _endless_trailer(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
    for number in itertools.count():
        connection.sendall(b"X-%d: x\r\n" % number)


def _endless_interim(connection: socket.socket) -> None:
    connection.recv(65536)
    while True:
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")


def _endless_line(connection: socket.socket) -> None:
    connection.recv(65536)
    while True:
        connection.sendall(b"x" * 4096)


def _hangs_up(connection: socket.socket) -> None:
    connection.recv(65536)


SLOW = [_silent, _drips_headers, _drips_interim, _drips_body, _endless_chunks]
BROKEN = {
    _garbage: "not an HTTP answer: it begins with no status line",
    _bad_chunks: "not an HTTP answer: a chunk of its body has no size",
    _cut_off: "not an HTTP answer: it is cut off",
    _endless_headers: "not an HTTP answer: more than 100 lines of headers",
    _endless_trailer: "not an HTTP answer: more than 100 lines after its body",
    _endless_interim: "not an HTTP answer: more than 20 interim ones",
    _endless_line: "not an HTTP answer: a line of more than 65536 bytes",
    _hangs_up: "the connection was closed without an answer",
}


@pytest.mark.parametrize("behaviour", SLOW)
def test_a_slow_server_is_given_up_at_the_timeout(behaviour: Behaviour) -> None:
    began = time.monotonic()
    with serving(behaviour) as url:
        result = run(url)

        assert result["why"] == "no complete answer within 0.5 s"
        assert time.monotonic() - began < 3


@pytest.mark.parametrize("behaviour", BROKEN)
def test_a_broken_answer_fails_at_once(behaviour: Behaviour) -> None:
    with serving(behaviour) as url:
        result = run(url, timeout=10)

    assert not result["ok"]
    assert result["why"] == BROKEN[behaviour]
    assert result["ms"] < 5000


def test_a_silent_server_does_not_hang_a_tls_handshake() -> None:
    with serving(_silent) as url:
        assert run(url.replace("http:", "https:"))["why"] == "no complete answer within 0.5 s"


def test_an_endless_body_is_read_in_part() -> None:
    def endless(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nthe start")
        while True:
            connection.sendall(b"x" * 65536)

    with serving(endless) as url:
        assert run(url, timeout=10, body="the start")["ok"]


def test_chunks_are_put_together() -> None:
    def chunks(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nall\r\n5\r\n well\r\n0\r\n\r\n")

    with serving(chunks) as url:
        assert run(url, body="all well")["ok"]


def test_nothing_there_is_a_reason_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    assert run(f"http://www.example.test:{port}/")["why"] == "Connection refused"


def test_the_first_failure_in_a_row_ends_the_check() -> None:
    turns = itertools.count()

    def alternating(connection: socket.socket) -> None:
        connection.recv(65536)
        status = b"200 OK" if next(turns) % 2 == 0 else b"500 No"
        connection.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")

    with serving(alternating) as url:
        result = run(url, successes=3)

    assert (result["ok"], result["status"]) == (False, 500)
    assert next(turns) == 2


def test_all_checks_together_have_a_deadline() -> None:
    began = time.monotonic()
    with serving(_silent) as url:
        checks = [{"url": url, "timeout": 1} for _ in range(20)]
        results = health.run(checks, {"httpd": {}}, overall=1.2)

    assert len(results) == 20
    assert not any(result["ok"] for result in results)
    assert time.monotonic() - began < 4


def test_a_failure_that_was_there_before_is_no_regression() -> None:
    def result(name: str, *, ok: bool) -> dict[str, Any]:
        return {"name": name, "url": f"http://{name}/", "ok": ok}

    before = [result("a", ok=True), result("b", ok=False)]
    now = [result("a", ok=False), result("b", ok=False), result("new", ok=False), result("fine", ok=True)]

    assert [one["name"] for one in health.regressions(before, now)] == ["a", "new"]
