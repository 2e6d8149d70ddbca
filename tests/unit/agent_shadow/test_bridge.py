"""Bytes go through a bridge as they come, in both directions, and so does an end and a refusal."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from safedeploy_host.shadow.bridge import Bridge


@contextlib.contextmanager
def bridged(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of a bridge to a server that treats each connection with `serve`."""
    with socket.socket() as far, socket.socket() as near:
        far.bind(("127.0.0.1", 0))
        far.listen()
        near.bind(("127.0.0.1", 0))
        near.listen()
        near.setblocking(False)
        stop = threading.Event()

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    one, _ = far.accept()
                    with one:
                        serve(one)

        bridge = Bridge({far.getsockname(): near})

        def carry() -> None:
            while not stop.is_set():
                bridge.serve(0.02)

        server, carrier = threading.Thread(target=accept, daemon=True), threading.Thread(target=carry)
        server.start()
        carrier.start()
        try:
            yield near.getsockname()[1]
        finally:
            stop.set()
            carrier.join()
            far.shutdown(socket.SHUT_RDWR)


def read_all(one: socket.socket) -> bytes:
    return b"".join(iter(lambda: one.recv(65536), b""))


def test_megabytes_go_both_ways_and_ends_are_passed_on() -> None:
    def echo(one: socket.socket) -> None:
        one.sendall(read_all(one)[::-1])

    data = bytes(range(256)) * 20_000
    with bridged(echo) as port, socket.create_connection(("127.0.0.1", port), 10) as one:
        writer = threading.Thread(target=lambda: (one.sendall(data), one.shutdown(socket.SHUT_WR)))
        writer.start()
        received = read_all(one)
        writer.join()

    assert received == data[::-1]


def test_a_server_that_speaks_first_is_heard() -> None:
    greet = bridged(lambda one: one.sendall(b"220 ready"))
    with greet as port, socket.create_connection(("127.0.0.1", port), 10) as one:
        assert read_all(one) == b"220 ready"


def test_several_connections_at_once_stay_apart() -> None:
    def answer(one: socket.socket) -> None:
        with one:
            one.sendall(one.recv(10))

    def name(one: socket.socket) -> None:
        threading.Thread(target=answer, args=(one.dup(),)).start()

    with bridged(name) as port, contextlib.ExitStack() as stack:
        many = [stack.enter_context(socket.create_connection(("127.0.0.1", port), 10)) for _ in range(20)]
        for number, one in enumerate(many):
            one.sendall(b"%02d" % number)

        assert [one.recv(10) for one in many] == [b"%02d" % number for number in range(20)]


def test_a_backend_that_has_gone_meanwhile_is_an_error_and_not_an_empty_answer() -> None:
    with socket.socket() as gone, socket.socket() as near:
        gone.bind(("127.0.0.1", 0))
        near.bind(("127.0.0.1", 0))
        near.listen()
        near.setblocking(False)
        bridge = Bridge({gone.getsockname(): near})
        with socket.create_connection(near.getsockname(), 10) as one:
            for _ in range(5):
                bridge.serve(0.05)
            with pytest.raises(ConnectionResetError):
                one.recv(10)
