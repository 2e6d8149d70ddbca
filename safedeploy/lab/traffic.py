"""Continuous requests to every site of every host of a lab, as its visitors would make them.

Each request is a new connection, follows no redirect, and has failed unless it gets the status and the text of the page
as it is while the site is well. Each route of each host has a thread of its own: one that hangs hides no other.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from safedeploy.lab.host import LabHost
from safedeploy.lab.names import DOMAIN

PAUSE = 0.1  # seconds between two requests to the same route of the same host
SECONDS = 5.0  # a request that takes longer has failed


@dataclass(frozen=True, kw_only=True)
class Route:
    """One page: its site, and what it answers while the site is well."""

    site: str
    path: str = "/"
    tls: bool = False
    status: int = 200
    text: str = ""

    def __str__(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.site}{self.path}"


ROUTES = (
    Route(site=f"www.{DOMAIN}", status=301),
    Route(site=f"www.{DOMAIN}", tls=True, text=f"www.{DOMAIN}"),
    Route(site=f"app.{DOMAIN}", text=f"app.{DOMAIN}"),
    Route(site=f"app.{DOMAIN}", path="/item/7", text="An item"),
    Route(site=f"api.{DOMAIN}", path="/health", text='"service": "api"'),
)


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request: to whom, when (seconds of time.monotonic) and what went wrong; `why` is empty when nothing did."""

    host: str
    route: Route
    began: float
    ended: float
    why: str

    @property
    def ok(self) -> bool:
        """Whether it was answered as it should be."""
        return not self.why


class Traffic:
    """A context manager that asks while it is open. Its numbers may be read at any time."""

    def __init__(self, hosts: Iterable[LabHost], certificate: Path, routes: Iterable[Route] = ROUTES) -> None:
        self._tls = ssl.create_default_context(cafile=str(certificate))
        self._stop = threading.Event()
        self._requests: list[Request] = []  # appending is atomic
        self._threads = [
            threading.Thread(target=self._ask_on, args=(host, route), daemon=True) for host in hosts for route in routes
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask_on(self, host: LabHost, route: Route) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            why = ask(host, route, self._tls)
            self._requests.append(Request(host=host.name, route=route, began=began, ended=time.monotonic(), why=why))
            self._stop.wait(PAUSE)

    @property
    def requests(self) -> tuple[Request, ...]:
        """All that were answered, or not, so far."""
        return tuple(self._requests)

    @property
    def failures(self) -> tuple[Request, ...]:
        """Those that failed."""
        return tuple(request for request in self._requests if not request.ok)

    def failed_by_host(self) -> dict[str, int]:
        """How many failed on each host where any did."""
        return dict(Counter(request.host for request in self.failures))

    def outage(self, host: str) -> float:
        """Seconds from the beginning of a host's first failed request to the end of its last; 0 without any."""
        failed = [request for request in self.failures if request.host == host]
        return max(request.ended for request in failed) - min(request.began for request in failed) if failed else 0.0


def ask(host: LabHost, route: Route, tls: ssl.SSLContext) -> str:
    """Make one request over a new connection; what went wrong, or an empty text."""
    connection = http.client.HTTPConnection(host.address, timeout=SECONDS)
    try:
        connection.sock = _connected(host, route, tls)
        connection.request("GET", route.path, headers={"Host": route.site, "Connection": "close"})
        answer = connection.getresponse()
        body = answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        connection.close()
    if answer.status != route.status:
        return f"status {answer.status}"
    return "" if route.text in body else f"status {answer.status}, but without {route.text!r}"


def _connected(host: LabHost, route: Route, tls: ssl.SSLContext) -> socket.socket:
    port = host.https_port if route.tls else host.http_port
    plain = socket.create_connection((host.address, port), timeout=SECONDS)
    try:
        return tls.wrap_socket(plain, server_hostname=route.site) if route.tls else plain
    except BaseException:
        plain.close()
        raise
