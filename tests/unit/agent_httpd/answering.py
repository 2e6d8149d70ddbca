"""A server that answers with raw bytes, and the asking of it, as it is done now and as it was."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

from safedeploy_host import http_request

from tests.unit.agent_httpd import as_before


class Server:
    """Sends `pieces` to each who asks, and closes. Keeps the requests, and who made them."""

    def __init__(self, listening: socket.socket, pieces: list[bytes]) -> None:
        self.url = f"http://www.example.test:{listening.getsockname()[1]}/"
        self.requests: list[bytes] = []
        self.peers: list[tuple[str, int]] = []
        self._listening = listening
        self._pieces = pieces

    def serve(self, times: int) -> None:
        for _ in range(times):
            connection, peer = self._listening.accept()
            self.peers.append(peer)
            with connection, contextlib.suppress(OSError):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.requests.append(whole_request(connection))
                for piece in self._pieces:
                    connection.sendall(piece)


def whole_request(connection: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        got += connection.recv(65536)
    for line in got.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            while len(got.partition(b"\r\n\r\n")[2]) < int(line.partition(b":")[2]):
                got += connection.recv(65536)
    return got


@contextlib.contextmanager
def serving(*pieces: bytes, times: int = 2) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)
        server = Server(listening, list(pieces))
        thread = threading.Thread(target=server.serve, args=(times,), daemon=True)
        thread.start()
        yield server
        thread.join(10)


def new(url: str, method: str = "GET", **manner: Any) -> as_before.Read:
    answer = http_request.request(method, url, "127.0.0.1", 10, manner=http_request.Manner(**manner))
    return answer.status, answer.headers, answer.body


def old(url: str, method: str = "GET", **manner: Any) -> as_before.Read:
    status, headers, body = as_before.request(method, url, "127.0.0.1", **{"headers": {}, **manner})
    # The one difference that is everywhere: spaces around a value are not of it.
    return status, [(name, value.strip(" \t\r\n")) for name, value in headers], body
