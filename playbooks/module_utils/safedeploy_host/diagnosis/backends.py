"""Whether what httpd passes requests on to can be reached from here: a name, a connection, a first answer.

All at a time, each with its own limit. To a server of HTTP one HEAD request for / is made, by safedeploy's name; every
other one is connected to and left.
"""

from __future__ import annotations

import errno
import os
import socket
import threading
import time

from ..probes.backends import Backends

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    Json = dict[str, Any]

MOST = 32
CONNECT, ANSWER = 3.0, 5.0
_SPOKEN = ("http", "ws", "h2c")
_WHY = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "reset",
    errno.ETIMEDOUT: "timeout",
    errno.EHOSTUNREACH: "unreachable",
    errno.ENETUNREACH: "unreachable",
    errno.ENOENT: "missing",
    errno.EACCES: "denied",
    errno.EADDRNOTAVAIL: "no-ports",
}


class Trials:
    """Starts at once; `results` waits for the end of all, or for the time to be up."""

    def __init__(self, effective: Json, seconds: float) -> None:
        found = Backends()
        found.read(effective)
        self.notes = list(found.notes)
        self._deadline = time.monotonic() + seconds
        self._results: list[Json] = []
        works: list[Callable[[Json], None]] = []
        for one in found.servers:
            server = {**one, "place": _real(one["place"])}
            self._results.append({**server, "address": None, "state": "timeout", "why": "", "ms": None, "status": None})
            works.append(self._server)
        for path in found.sockets:
            self._results.append({"socket": path, "state": "timeout", "why": "", "ms": None, "status": None})
            works.append(self._socket)
        if len(works) > MOST:
            self.notes.append(f"of {len(works)} backends only {MOST} were tried")
        del self._results[MOST:]
        self._threads = [
            threading.Thread(target=work, args=(result,), daemon=True) for work, result in zip(works, self._results)
        ]
        for thread in self._threads:
            thread.start()

    def results(self) -> list[Json]:
        """[{name, port, scheme, place, address, state, why, ms, status}], for a UNIX socket {socket, state, why, ms}.

        `state`: "ok", "dns" (no address for the name), "refused", "timeout", "unreachable", "reset", "missing",
        "denied", "no-ports", "error"; "mute" when it takes the connection and does not answer, "closed" when it closes
        it instead. `status` is that of the answer to the HEAD request.
        """
        for thread in self._threads:
            thread.join(max(0.0, self._deadline - time.monotonic()))
        # A thread that is late may still write: what is told is of now.
        return [dict(one) for one in self._results]

    def _server(self, result: Json) -> None:
        began = time.monotonic()
        result["state"] = "dns"
        result["why"] = "its name is not resolved in time"
        try:
            found = socket.getaddrinfo(result["name"], result["port"], type=socket.SOCK_STREAM)[0][4]
        except (socket.gaierror, UnicodeError) as error:
            result["why"] = getattr(error, "strerror", None) or str(error)
            return
        address = str(found[0])
        result.update(address=address, state="timeout", why="no answer to the attempt to connect")
        try:
            with socket.create_connection((address, result["port"]), CONNECT) as connection:
                result["ms"] = round((time.monotonic() - began) * 1000, 1)
                if result["scheme"] in _SPOKEN:
                    result.update(state="mute", why=f"it takes the connection and answers nothing in {ANSWER:g} s")
                    self._ask(connection, result)
                else:
                    result.update(state="ok", why="")
        except OSError as error:
            _failed(result, error)

    @staticmethod
    def _ask(connection: socket.socket, result: Json) -> None:
        """A HEAD request, and the status that it gets."""
        began = time.monotonic()
        connection.settimeout(ANSWER)
        name = result["name"]
        connection.sendall(
            f"HEAD / HTTP/1.1\r\nHost: {name}\r\nUser-Agent: safedeploy\r\nConnection: close\r\n\r\n".encode("latin-1")
        )
        try:
            first = connection.recv(64)
        except socket.timeout:
            return
        result["ms"] = round((time.monotonic() - began) * 1000, 1)
        words = first.split(None, 2)
        if not first:
            result.update(state="closed", why="it closes the connection without an answer")
            return
        result.update(state="ok", why="")
        if first.startswith(b"HTTP/") and len(words) > 1 and words[1].isdigit():
            result["status"] = int(words[1])

    @staticmethod
    def _socket(result: Json) -> None:
        began = time.monotonic()
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(CONNECT)
        try:
            connection.connect(result["socket"])
        except OSError as error:
            _failed(result, error)
            return
        finally:
            connection.close()
        result.update(state="ok", why="", ms=round((time.monotonic() - began) * 1000, 1))


def _real(place: str) -> str:
    """`file:line` with the file that links lead to: the one that is managed, and edited."""
    file, colon, line = place.rpartition(":")
    return f"{os.path.realpath(file)}{colon}{line}" if file.startswith("/") else place


def _failed(result: Json, error: OSError) -> None:
    late = isinstance(error, socket.timeout)
    state = "timeout" if late else _WHY.get(error.errno or 0, "error")
    result.update(state=state, why="no answer in time" if late else (error.strerror or str(error)))
    if state == "refused" and "socket" in result and not os.path.exists(result["socket"]):
        result["state"] = "missing"
