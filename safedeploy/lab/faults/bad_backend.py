"""The application behind api.lab.test on a bad day: MODE says in which way.

A program, not a module; it takes the place of backend.py: `python3 -I -S backend.py HOST PORT`, on 127.0.0.1.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

MODE = "none"
PLACE = ""
SECONDS = 20.0  # longer than a visitor waits, and than the lab's sites wait for a backend
DEPENDENCY = ("127.0.0.1", 5432)


class Handler(BaseHTTPRequestHandler):
    """GET, HEAD and POST on any path."""

    protocol_version = "HTTP/1.1"
    server_version = "lab-backend"

    def answer(self) -> None:
        """Read the body, then misbehave."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            status, document = TROUBLE[MODE](self)
        except OSError as error:
            self.trouble(500, f"order could not be written: {error}")
        else:
            self.send(status, document)

    do_GET = do_HEAD = do_POST = answer  # noqa: N815 - the names that http.server looks for

    def trouble(self, status: int, why: str) -> None:
        """Say it as applications do: in their own log, and to the visitor."""
        sys.stderr.write(f"{time.strftime('%F %T')} ERROR {self.command} {self.path}: {why}\n")
        sys.stderr.flush()
        self.send(status, {"service": "api", "error": why})

    def send(self, status: int, document: dict[str, str]) -> None:
        """Answer in JSON."""
        body = json.dumps(document).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def well(self) -> dict[str, str]:
        """What the good one answers."""
        return {"service": "api", "host": Server.host_name, "path": self.path, "method": self.command}

    def log_message(self, *_: object) -> None:
        """Apache's access log has every request already."""


def slow(handler: Handler) -> tuple[int, dict[str, str]]:
    """Wait for something that does not come."""
    time.sleep(SECONDS)
    return 200, handler.well()


def reset(handler: Handler) -> tuple[int, dict[str, str]]:
    """Hang up in the middle of it: a linger of 0 seconds turns the close into a reset."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # The handler would shut down in order first; the answer that it writes then goes to nobody.
    os.dup2(os.open(os.devnull, os.O_RDWR), handler.connection.fileno())
    handler.close_connection = True
    return 500, {}


def upstream(handler: Handler) -> tuple[int, dict[str, str]]:
    """Ask the data base, which is not there."""
    try:
        socket.create_connection(DEPENDENCY, timeout=2).close()
    except OSError as error:
        why = f"data base orders at {DEPENDENCY[0]}:{DEPENDENCY[1]} does not answer: {error.strerror or error}"
        sys.stderr.write(f"{time.strftime('%F %T')} ERROR {handler.command} {handler.path}: {why}\n")
        sys.stderr.flush()
        return 503, {"service": "api", "error": why}
    return 200, handler.well()


def journal(handler: Handler) -> tuple[int, dict[str, str]]:
    """Write every request down before it is answered, as what takes orders does."""
    with Path(PLACE, "api-journal.log").open("a") as file:
        file.write(f"{time.time():.3f} {handler.command} {handler.path} " + "." * 200 + "\n")
    return 200, handler.well()


def sessions(handler: Handler) -> tuple[int, dict[str, str]]:
    """Make a file for every visitor."""
    Path(PLACE, f"session-{time.time_ns()}").touch()
    return 200, handler.well()


TROUBLE = {"slow": slow, "reset": reset, "upstream": upstream, "journal": journal, "sessions": sessions}


class Server(ThreadingHTTPServer):
    """A backlog that outlasts a burst."""

    request_queue_size = 256
    daemon_threads = True
    host_name = ""


def main() -> None:
    """Serve until killed."""
    server = Server(("127.0.0.1", int(sys.argv[2])), Handler)
    Server.host_name = sys.argv[1]
    server.serve_forever()


if __name__ == "__main__":
    main()
