"""What alerts are sent to, really listening on the loopback: a web hook, a mail server, and what answers badly."""

from __future__ import annotations

import contextlib
import http.server
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from typing import Any


class Hook:
    """A web hook that takes every message and answers with `status`; `heard` is what came, in order."""

    def __init__(self, server: http.server.ThreadingHTTPServer) -> None:
        self._server = server
        self.status = 200
        self.location = ""
        self.heard: list[dict[str, Any]] = []
        self.asked: list[str] = []

    @property
    def port(self) -> int:
        return self._server.server_port

    def address(self, token: str = "t0ken-of-the-team", scheme: str = "json") -> str:
        return f"{scheme}://127.0.0.1:{self.port}/{token}"

    @property
    def titles(self) -> list[str]:
        return [message["title"] for message in self.heard]


class _Handler(http.server.BaseHTTPRequestHandler):
    hook: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.hook.asked.append(self.path)
        self.hook.heard.append(json.loads(body) if body.startswith("{") else {"body": body})
        self._answer()

    def do_GET(self) -> None:
        self.hook.asked.append(f"GET {self.path}")
        self._answer()

    def _answer(self) -> None:
        self.send_response(self.hook.status)
        if self.hook.location:
            self.send_header("Location", self.hook.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def web_hook(certificate: tuple[str, str] | None = None) -> Iterator[Hook]:
    """A hook; with a certificate and its key, one that speaks TLS."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    hook = Hook(server)
    server.RequestHandlerClass = type("Handler", (_Handler,), {"hook": hook})
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # a client that does not trust us is what is tried
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Mailbox:
    """The mails that a server took."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.port = 0

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        self.mails.append(message_from_bytes(envelope.content))
        return "250 taken"


@contextlib.contextmanager
def mail_server() -> Iterator[Mailbox]:
    from aiosmtpd.controller import Controller  # noqa: PLC0415 - only the tests of mail need it

    mailbox = Mailbox()
    mailbox.port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


@contextlib.contextmanager
def silence() -> Iterator[int]:
    """The port of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])
