"""A server that keeps comments as GitHub and GitLab do, on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Server(ThreadingHTTPServer):
    """Comments by id, and every request."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.comments: dict[int, dict] = {}
        self.requests: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.refuse: int | None = None

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"

    def add(self, body, *, login="github-actions[bot]", user=7):
        number = len(self.comments) + 1
        # Both platforms' names for the same: GitHub's "user", GitLab's "author".
        self.comments[number] = {"id": number, "body": body, "user": {"login": login}, "author": {"id": user}}


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing."""

    def answer(self, code, value):
        data = json.dumps(value).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_any(self):
        server = self.server
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        value = json.loads(self.rfile.read(length)) if length else None
        server.requests.append((self.command, url.path))
        server.headers.append(dict(self.headers))
        if server.refuse:
            return self.answer(server.refuse, {"message": "no\n::error::no"})
        if url.path == "/api/v4/user":
            return self.answer(200, {"id": 7})
        if self.command == "GET":
            page = int(parse_qs(url.query)["page"][0])
            return self.answer(200, list(server.comments.values())[100 * (page - 1) : 100 * page])
        if self.command == "POST":
            server.add(value["body"])
            return self.answer(201, {})
        server.comments[int(url.path.rpartition("/")[2])]["body"] = value["body"]
        return self.answer(200, {})


for method in ("GET", "POST", "PATCH", "PUT"):
    setattr(Handler, f"do_{method}", Handler.do_any)


@contextmanager
def serving() -> Iterator[Server]:
    """Run one for as long as it is needed."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
