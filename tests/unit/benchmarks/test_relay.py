"""The relay delays what goes through it as a distance would, and counts it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

RELAY = Path(__file__).resolve().parents[3] / "benchmarks" / "beside" / "relay.py"
DISTANCE = 0.1


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that greets, and then says once more what it is told."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"hello")
                while data := connection.recv(100):
                    connection.sendall(data)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


@contextmanager
def relay(port: int) -> Iterator[tuple[subprocess.Popen[str], int]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        here = free.getsockname()[1]
    command = [sys.executable, str(RELAY), str(DISTANCE * 1000)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdin
        assert running.stdout
        routes = [{"host": "web1", "listen": ["127.0.0.1", here], "to": ["127.0.0.1", port]}]
        running.stdin.write(json.dumps(routes) + "\n")
        running.stdin.flush()
        running.stdout.readline()
        yield running, here
        running.stdin.close()


def test_a_connection_and_an_answer_cost_what_they_would_at_the_distance(echo):
    with relay(echo) as (running, port), socket.create_connection(("127.0.0.1", port)) as client:
        began = time.monotonic()
        assert client.recv(100) == b"hello"
        assert time.monotonic() - began >= 2 * DISTANCE * 0.95  # the handshake, and the way of the greeting
        began = time.monotonic()
        client.sendall(b"again")
        assert client.recv(100) == b"again"
        assert time.monotonic() - began >= DISTANCE * 0.95
        assert running.stdin
        assert running.stdout
        running.stdin.write("\n")
        running.stdin.flush()
        counted = json.loads(running.stdout.readline())
    assert counted == {"web1": {"connections": 1, "bytes": 15, "round_trips": 2}}


def test_the_end_of_one_side_reaches_the_other(echo):
    with relay(echo) as (_, port), socket.create_connection(("127.0.0.1", port)) as client:
        assert client.recv(100) == b"hello"
        client.shutdown(socket.SHUT_WR)
        client.settimeout(10)
        assert client.recv(100) == b""
