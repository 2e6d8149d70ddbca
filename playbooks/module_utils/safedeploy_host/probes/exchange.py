"""One probe and its Answer: the request in its manner and the redirects, and the same request a second time."""

from __future__ import annotations

import socket
import ssl
import time
from urllib.parse import urlsplit

from .. import http_request, http_response
from . import answer, body, crowd, handshakes, redirects, served
from .held import held

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .pace import Pace
    from .served import Served

    Json = dict[str, Any]

TIMEOUT = 5.0
# A server whose workers are all taken does not answer at all: no need to wait as long as for a slow page.
HELD_TIMEOUT = 2.5
_SLOW = 400.0


class Late(TimeoutError):  # noqa: N818 -- not an error of the server's: there was no time left to ask it
    """The asking ends before this request may be made."""


class Terms:
    """What all requests of one asking have in common. `ports` collects which probe was asked from which port.

    `handshakes` are the ids of the probes with which the versions of TLS are tried: the first of each listener, so that
    they are the same in both configurations.
    """

    def __init__(
        self,
        *,
        read: Callable[[str], bytes],
        served: Served,
        wanted: answer.Wanted,
        pace: Pace,
        handshakes: frozenset[str],
    ) -> None:
        self.read = read
        self.served = served
        self.wanted = wanted
        self.pace = pace
        self.ports: dict[int, str] = {}
        self.handshakes = handshakes


class Exchange:
    """Gets Answers until a deadline (monotonic seconds). Safe for threads."""

    def __init__(self, terms: Terms, deadline: float) -> None:
        self.terms = terms
        self.deadline = deadline

    def answer(self, probe: Json) -> Json:
        """The Answer; whatever goes wrong is in it, not raised."""
        if not probe.get("hold"):
            return self._answer(probe, TIMEOUT)
        with held(probe, self.deadline) as connections:
            found = self._answer(probe, HELD_TIMEOUT)
        return {**found, "held": connections}

    def again(self, probe: Json, found: Json) -> Json:
        """The Answer `found`, with what a second request says of its body: `stable` if it brings the same.

        A slow page is not asked again, because the time is short: it counts as one that may differ.
        """
        if found["ms"] > _SLOW:
            return {**found, "stable": False}
        try:
            body_again = self.request(probe, probe["url"]).body
        except (OSError, ValueError):
            return {**found, "stable": False}
        return {**found, "stable": bool(body.shape(body_again) == found["shape"])}

    def request(self, probe: Json, url: str, timeout: float = TIMEOUT) -> http_request.Answer:
        """One request for `url` in the manner of a probe. Raises OSError and ValueError."""
        if not self.terms.pace.wait(self.deadline):
            raise Late
        timeout = min(timeout, max(0.05, self.deadline - time.monotonic()))
        manner = http_request.Manner(
            source=probe.get("source"),
            absolute=bool(probe.get("absolute")),
            body=b"\0" * int(probe.get("body_bytes") or 0),
            headers=probe.get("headers"),
            opened=lambda port: self.terms.ports.__setitem__(port, probe["id"]),
        )
        address = self.terms.served.address(served.port_of(url), probe["address"])
        return http_request.request(probe.get("method") or "GET", url, address, timeout, manner=manner)

    def _answer(self, probe: Json, timeout: float) -> Json:
        began = time.monotonic()
        try:
            if int(probe.get("at_once") or 1) > 1:
                response, spread = crowd.ask(lambda: self.request(probe, probe["url"], timeout), probe["at_once"])
            else:
                response, spread = self.request(probe, probe["url"], timeout), {}
        except (OSError, ValueError) as error:
            if self.late(error):
                # It was cut short by the end of the asking, not by the server.
                return {**answer.none("no time left for it", asked=False), **self._virtual_host(probe)}
            found = answer.none(why(error, timeout), round((time.monotonic() - began) * 1000, 1))
            return {**found, **self._virtual_host(probe)}
        found = {**answer.of(response, probe, self.terms.wanted, self._file(probe)), **spread}
        found.update(self._virtual_host(probe))
        if found["tls"] is not None:
            found["tls"]["accepts"] = self._accepts(probe)
        if probe.get("follow") and 300 <= response.status <= 399:
            found.update(redirects.follow(self, probe, response))
        return found

    def late(self, error: Exception) -> bool:
        """Whether a request failed because the asking is over."""
        return isinstance(error, Late) or time.monotonic() >= self.deadline - 0.02

    def _virtual_host(self, probe: Json) -> Json:
        return {"vhost": served.place(self.terms.served.virtual_host(probe["url"], probe["address"]))}

    def _accepts(self, probe: Json) -> list[str] | None:
        if probe["id"] not in self.terms.handshakes:
            return None
        port = served.port_of(probe["url"])
        name = urlsplit(probe["url"]).hostname or probe["address"]
        try:
            return handshakes.accepted(probe["address"], port, name, probe.get("source"))
        except OSError:
            return None

    def _file(self, probe: Json) -> bytes | None:
        if not probe.get("file"):
            return None
        try:
            return self.terms.read(probe["file"])
        except OSError:
            return None


def comparable(probe: Json, found: Json) -> bool:
    """Whether anybody may compare the body of this answer, so that it matters whether it is the same each time."""
    if found["status"] is None or found["status"] >= 300 or found["bytes"] == 0:
        return False
    if found["is_file"] or found["of_httpd"] or probe.get("hold") or probe.get("body_bytes"):
        return False
    return int(probe.get("at_once") or 1) == 1 and probe.get("method") in (None, "GET")


def why(error: Exception, timeout: float) -> str:
    """Why there was no answer, for people."""
    if isinstance(error, ssl.SSLError):
        return f"TLS: {(error.reason or str(error)).lower().replace('_', ' ')}"
    if isinstance(error, (TimeoutError, socket.timeout)):  # two classes until Python 3.10
        return f"no complete answer within {timeout:g} s"
    if isinstance(error, http_response.NotHttp):
        return str(error)
    return str(getattr(error, "strerror", None) or error).lower()
