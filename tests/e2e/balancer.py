"""A real HAProxy in front of the lab fleet: its servers' states all the time, and visitors who go through it."""

from __future__ import annotations

import csv
import http.client
import shutil
import socket
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.e2e.fleet import Fleet

PROGRAM = shutil.which("haproxy", path="/usr/sbin:/usr/bin:/usr/local/sbin")
# Nothing is tried twice: a request that is lost is to be seen.
CONFIGURATION = """\
global
  stats socket {socket} mode 600 level admin
defaults
  mode http
  retries 0
  timeout connect 2s
  timeout client 10s
  timeout server 10s
frontend visitors
  bind 127.0.0.1:{port}
  default_backend web
backend web
  option httpchk
  http-check send meth GET uri / hdr Host app.lab.test
  default-server check inter 100ms fall 3 rise 1
{servers}
"""


class Balancer:
    """A context manager. `samples` are (time, {host: status}), and `failures` what visitors met."""

    def __init__(self, fleet: Fleet, directory: Path) -> None:
        self.socket = directory / "admin.sock"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        hosts = [fleet.host(name) for name in fleet.names]
        servers = "\n".join(f"  server {host.name} {host.address}:{host.http_port}" for host in hosts)
        self._file = directory / "haproxy.cfg"
        self._file.write_text(CONFIGURATION.format(socket=self.socket, port=self.port, servers=servers))
        self.samples: list[tuple[float, dict[str, str]]] = []
        self.failures: list[str] = []
        self.answered = 0
        self._end = threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._look, self._visit, self._visit)]

    def __enter__(self) -> Self:
        assert PROGRAM is not None
        self._process = subprocess.Popen([PROGRAM, "-db", "-f", str(self._file)], stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 15
        while set(self.states().values()) != {"UP"}:
            assert time.monotonic() < deadline, f"HAProxy does not see the fleet: {self.states()}"
            time.sleep(0.05)
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join(15)
        self._process.terminate()
        self._process.wait(10)

    def states(self) -> dict[str, str]:
        """host -> UP, DRAIN, DOWN as HAProxy has it now; empty while it does not answer."""
        with suppress(OSError), socket.socket(socket.AF_UNIX) as asked:
            asked.connect(str(self.socket))
            asked.sendall(b"show stat\n")
            text = b"".join(iter(lambda: asked.recv(65536), b"")).decode()
            rows = csv.DictReader(text.lstrip("# ").splitlines())
            return {
                row["svname"]: row["status"].split()[0]
                for row in rows
                if row["pxname"] == "web" and row["svname"] != "BACKEND"
            }
        return {}

    def _look(self) -> None:
        while not self._end.wait(0.02):
            if states := self.states():
                self.samples.append((time.time(), states))

    def _visit(self) -> None:
        while not self._end.wait(0.01):
            visitor = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            try:
                visitor.request("GET", "/", headers={"Host": "app.lab.test"})
                answer = visitor.getresponse()
                answer.read()
                self.answered += 1
                if answer.status != 200:
                    self.failures.append(str(answer.status))
            except OSError as error:
                self.failures.append(repr(error))
            finally:
                visitor.close()

    def around(self, when: float) -> tuple[dict[str, str], dict[str, str]]:
        """The states just before an instant, and just after it."""
        before = [states for at, states in self.samples if at < when]
        after = [states for at, states in self.samples if at >= when]
        return before[-1], after[0]

    def ever_drained(self) -> set[str]:
        return {host for _, states in self.samples for host, state in states.items() if state == "DRAIN"}
