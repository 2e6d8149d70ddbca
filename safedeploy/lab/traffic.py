"""Continuous requests to every site of every host of a lab, as its visitors would make them.

A request follows no redirect, and has failed unless it gets the status and the text of the page as it is while the site
is well. Each route of each host has a thread of its own for each kind of visitor: one that hangs hides no other.

Kinds of visitors: a new connection for each request (here), kept-alive connections (kept_alive.py) and slow downloads
(download.py).
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
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


# Makes one request of a visitor and says what went wrong, or an empty text.
Visit = Callable[[], str]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of visitor: its name, the routes that it asks for, and how one visitor of it comes to a host."""

    name: str
    routes: tuple[Route, ...]
    visitor: Callable[[LabHost, Route, ssl.SSLContext], Visit]


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request: to whom, when (seconds of time.monotonic) and what went wrong; `why` is empty when nothing did."""

    host: str
    route: Route
    kind: str
    began: float
    ended: float
    why: str

    @property
    def ok(self) -> bool:
        """Whether it was answered as it should be."""
        return not self.why


class Traffic:
    """A context manager that asks while it is open. Its numbers may be read at any time."""

    def __init__(self, hosts: Iterable[LabHost], certificate: Path, kinds: Iterable[Kind] | None = None) -> None:
        self._tls = ssl.create_default_context(cafile=str(certificate))
        self._stop = threading.Event()
        self._requests: list[Request] = []  # appending is atomic
        among = tuple(hosts)
        self._threads = [
            threading.Thread(target=self._ask_on, args=(host, route, kind), daemon=True)
            for kind in ((NEW,) if kinds is None else kinds)
            for host in among
            for route in kind.routes
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask_on(self, host: LabHost, route: Route, kind: Kind) -> None:
        visit = kind.visitor(host, route, self._tls)
        while not self._stop.is_set():
            began = time.monotonic()
            why = visit()
            ended = time.monotonic()
            self._requests.append(
                Request(host=host.name, route=route, kind=kind.name, began=began, ended=ended, why=why)
            )
            self._stop.wait(PAUSE)

    @property
    def requests(self) -> tuple[Request, ...]:
        """All that were answered, or not, so far."""
        return tuple(self._requests)

    @property
    def failures(self) -> tuple[Request, ...]:
        """Those that failed."""
        return tuple(request for request in self._requests if not request.ok)

    def by_kind(self) -> dict[str, int]:
        """How many requests each kind of visitor has made."""
        return dict(Counter(request.kind for request in self._requests))

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
        connection.sock = connected(host, route, tls)
        connection.request("GET", route.path, headers={"Host": route.site, "Connection": "close"})
        return judged(route, connection.getresponse())
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        connection.close()


NEW = Kind(name="new connections", routes=ROUTES, visitor=lambda host, route, tls: lambda: ask(host, route, tls))


def judged(route: Route, answer: http.client.HTTPResponse) -> str:
    """Read an answer to its end; what is wrong with it, or an empty text."""
    body = answer.read().decode(errors="replace")
    if answer.status != route.status:
        return f"status {answer.status}"
    return "" if route.text in body else f"status {answer.status}, but without {route.text!r}"


def connected(host: LabHost, route: Route, tls: ssl.SSLContext, *, receive: int | None = None) -> socket.socket:
    """A connection to the route's site, with a receive buffer of `receive` bytes if given. Raises OSError."""
    port = host.https_port if route.tls else host.http_port
    plain = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if receive is not None:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        plain.settimeout(SECONDS)
        plain.connect((host.address, port))
        return tls.wrap_socket(plain, server_hostname=route.site) if route.tls else plain
    except BaseException:
        plain.close()
        raise
