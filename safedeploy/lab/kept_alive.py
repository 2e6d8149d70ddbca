"""Visitors who keep their connection and use it for many requests, as browsers do.

A server may close an idle connection at any moment. A client that sees it in time opens a new one. A request that is on
its way just then gets no answer, and clients send it once more over a new connection if it changes nothing (RFC 9112,
section 9.3.1); it has failed only when that fails too. `closed` and `again` count the two cases.
"""

from __future__ import annotations

import http.client
import select
import ssl
import threading
from collections import Counter

from safedeploy.lab.host import LabHost
from safedeploy.lab.traffic import ROUTES, SECONDS, Kind, Route, connected, judged

# What a closed connection looks like when nothing of an answer has come.
_CLOSED = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError, ssl.SSLEOFError)


class KeptAlive:
    """All visitors of this kind: how many requests shared a connection, and what became of connections meanwhile."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    @property
    def kind(self) -> Kind:
        """This kind of visitor, for Traffic."""
        return Kind(
            name="kept-alive connections",
            routes=ROUTES,
            visitor=lambda host, route, tls: _Visitor(self, host, route, tls).visit,
        )

    def count(self, what: str) -> None:
        """Count `reused`, `closed` or `again`."""
        with self._lock:
            self._counts[what] += 1

    @property
    def reused(self) -> int:
        """Requests over a connection that had been used before."""
        return self._counts["reused"]

    @property
    def closed(self) -> int:
        """Idle connections that the server closed, as was seen before the next request."""
        return self._counts["closed"]

    @property
    def again(self) -> int:
        """Requests that a closing connection left without an answer, and that were sent again."""
        return self._counts["again"]


class _Visitor:
    """One visitor, with one connection at a time."""

    def __init__(self, crowd: KeptAlive, host: LabHost, route: Route, tls: ssl.SSLContext) -> None:
        self._crowd = crowd
        self._host = host
        self._route = route
        self._tls = tls
        self._connection = http.client.HTTPConnection(host.address, timeout=SECONDS)

    def visit(self) -> str:
        """Make one request; what went wrong, or an empty text."""
        reused = self._still_open()
        if reused:
            self._crowd.count("reused")
        try:
            return self._ask()
        except _CLOSED as closed:
            self._connection.close()
            if not reused:
                return _named(closed)
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            return _named(error)
        self._crowd.count("again")
        try:
            return self._ask()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            return f"sent again: {_named(error)}"

    def _still_open(self) -> bool:
        """Whether there is a connection from before; nothing is due on it, so what can be read is its end."""
        sock = self._connection.sock
        if sock is None:
            return False
        if select.select([sock], [], [], 0)[0]:
            self._connection.close()
            self._crowd.count("closed")
            return False
        return True

    def _ask(self) -> str:
        if self._connection.sock is None:
            self._connection.sock = connected(self._host, self._route, self._tls)
        self._connection.request("GET", self._route.path, headers={"Host": self._route.site})
        return judged(self._route, self._connection.getresponse())


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
