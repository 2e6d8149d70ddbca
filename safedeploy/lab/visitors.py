"""Visitors of a lab's sites: ordinary ones, a crowd, or ones that never end their request.

A program, not a module: `python3 -I -S visitors.py SPEC`; SPEC is what visiting.py wrote. It ends when that file is
gone. What is answered is thrown away: whoever wants to know how a site fares asks by himself, or reads its logs.
"""

from __future__ import annotations

import contextlib
import json
import random
import socket
import ssl
import sys
import threading
import time
from pathlib import Path
from typing import Any

SECONDS = 10.0  # as long as a visitor waits
WORDS = ("lamp", "desk", "chair", "shelf", "sofa", "rug", "vase", "clock", "plate", "towel")


class Visitors:
    """All of them. Randomness only spreads them; nothing depends on it."""

    def __init__(self, spec: dict[str, Any], place: Path) -> None:
        self.spec = spec
        self.place = place
        self.until = time.monotonic() + spec["seconds"]
        self.any = random.Random()  # noqa: S311 - no secret
        self.tls = ssl._create_unverified_context()  # noqa: S323, SLF001 - an expired certificate keeps nobody away

    def stays(self) -> bool:
        """Whether the file is there still, and the time not over."""
        return time.monotonic() < self.until and self.place.exists()

    def connect(self, address: str, port: int) -> socket.socket:
        """A connection from one of their addresses."""
        sources = self.spec["sources"]
        source = (self.any.choice(sources), 0) if sources else None
        return socket.create_connection((address, port), timeout=SECONDS, source_address=source)

    def request(self) -> tuple[dict[str, Any], bool, str, bytes]:
        """Somewhere to go, and what to say there."""
        target = self.any.choice(self.spec["targets"])
        scheme, site, path = self.any.choice(self.spec["where"])
        path = path.replace("{word}", self.any.choice(WORDS)).replace("{number}", str(self.any.randrange(1, 400)))
        head = f"GET {path} HTTP/1.1\r\nHost: {site}\r\nUser-Agent: {self.any.choice(self.spec['agents'])}\r\n"
        return target, scheme == "https", site, head.encode()

    def visit(self) -> None:
        """Make one request and read the answer."""
        target, tls, site, head = self.request()
        port = target["https_port"] if tls else target["http_port"]
        with self.connect(target["address"], port) as plain:
            connection = self.tls.wrap_socket(plain, server_hostname=site) if tls else plain
            connection.sendall(head + b"Accept: */*\r\nConnection: close\r\n\r\n")
            while connection.recv(65536):
                pass

    def come_and_go(self) -> None:
        """One of those that are there at once, for ever."""
        pause = self.spec["at_once"] / self.spec["rate"]
        due = time.monotonic() + self.any.random() * pause
        while self.stays():
            time.sleep(max(0.0, due - time.monotonic()))
            due = max(due, time.monotonic() - 1.0) + self.any.uniform(0.5, 1.5) * pause
            with contextlib.suppress(OSError):
                self.visit()

    def linger(self) -> None:
        """Hold as many connections as there may be, each with a request that does not end."""
        held: list[socket.socket] = []
        while self.stays():
            held = [connection for connection in held if self._goes_on(connection)]
            while len(held) < self.spec["at_once"] and (new := self._begun()) is not None:
                held.append(new)
            time.sleep(0.5)

    def _begun(self) -> socket.socket | None:
        target, _, _, head = self.request()
        with contextlib.suppress(OSError):
            connection = self.connect(target["address"], target["http_port"])
            connection.sendall(head)
            connection.setblocking(False)
            return connection
        return None

    def _goes_on(self, connection: socket.socket) -> bool:
        """Whether the server has not hung up."""
        try:
            if connection.recv(4096):
                raise ConnectionError
        except BlockingIOError:
            return True
        except OSError:
            pass
        connection.close()
        return False


def main() -> None:
    """Visit until it is over."""
    place = Path(sys.argv[1])
    visitors = Visitors(json.loads(place.read_text()), place)
    if visitors.spec["slow"]:
        visitors.linger()
        return
    threads = [threading.Thread(target=visitors.come_and_go, daemon=True) for _ in range(visitors.spec["at_once"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
