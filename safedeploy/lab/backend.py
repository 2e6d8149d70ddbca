"""The application behind api.lab.test: answers every request with who it is, as JSON.

A program, not a module: `python3 -I -S backend.py HOST PORT`, on 127.0.0.1. It keeps connections open for ever, so that
a proxy never meets one that was closed just now.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SEARCHES = 8
SEARCH_SECONDS = 0.25


class Handler(BaseHTTPRequestHandler):
    """GET, HEAD and POST on any path; /missing is not there, and /search takes a while.

    Like many an application it has room for so many searches; while there are more it turns everybody away.
    """

    protocol_version = "HTTP/1.1"
    server_version = "lab-backend"
    disable_nagle_algorithm = True

    def answer(self) -> None:
        """Read the body, which the next request on the connection follows, and answer."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        document = {"service": "api", "host": Server.host_name, "path": self.path, "method": self.command}
        if Server.searching >= SEARCHES:
            self.send(503, {**document, "error": f"overloaded: {SEARCHES} searches at once are as many as I can do"})
        elif self.path.startswith("/search"):
            self.search(document)
        else:
            self.send(404 if self.path.startswith("/missing") else 200, document)

    def search(self, document: dict[str, str]) -> None:
        """Look for a while."""
        Server.count(1)
        try:
            time.sleep(SEARCH_SECONDS)
            self.send(200, document)
        finally:
            Server.count(-1)

    def send(self, status: int, document: dict[str, str]) -> None:
        """Answer in JSON."""
        body = json.dumps(document).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = answer  # noqa: N815 - the names that http.server looks for

    def log_message(self, *_: object) -> None:
        """Apache's access log has every request already."""


class Server(ThreadingHTTPServer):
    """A backlog that outlasts a burst."""

    request_queue_size = 256
    daemon_threads = True
    host_name = ""
    searching = 0
    counting = threading.Lock()

    @classmethod
    def count(cls, change: int) -> None:
        """Keep count of the searches that are under way."""
        with cls.counting:
            cls.searching += change


def main() -> None:
    """Serve until killed."""
    server = Server(("127.0.0.1", int(sys.argv[2])), Handler)
    Server.host_name = sys.argv[1]
    server.serve_forever()


if __name__ == "__main__":
    main()
