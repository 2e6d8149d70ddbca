"""Lines of access logs as numbers: requests, errors and a histogram of how long they took, for each site.

Histograms have the same limits everywhere, so those of several hosts can be added up.
"""

from __future__ import annotations

import time
from bisect import bisect_right

from . import logged_time
from .logs import AGENT, UNITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable

    from .logs import Log

    Json = dict[str, Any]

# Milliseconds: from 1 ms to 131 s, by a factor of the square root of 2. The last number of a histogram is all above.
LIMITS = [round(2 ** (power / 2), 3) for power in range(35)]
OWN_AGENT = "safedeploy"
# httpd's parent wakes its children with requests to itself, many of them at a graceful reload.
DUMMY_AGENT = "(internal dummy connection)"
SITES = 200
OTHERS = "(other sites)"
_FACTOR = {"us": 0.001, "ms": 1.0, "s": 1000.0}
# Of a line, in characters. To find that one is not of a format takes a time that grows with the cube of its length.
LONGEST = 2048


class Counts:
    """Adds up. `after` (seconds since 1970) leaves older lines out; a line that does not tell its time is counted."""

    def __init__(self, after: float | None = None) -> None:
        self.sites: dict[str, Json] = {}
        self.own = 0
        self.older = 0
        self._after = after
        self._odd = 0
        self._long = 0
        self._notes: list[str] = []

    def add(self, log: Log, lines: Iterable[str], deadline: float) -> None:
        """Count the lines of one log, until time.monotonic() passes the deadline."""
        if self._after is not None and not any("time" in field for parser in log.parsers for field in parser.fields):
            self._notes.append(f"the format of {log.path} has no time, so all of its end counts as lately")
        if not any(AGENT in parser.fields for parser in log.parsers):
            self._notes.append(f"the format of {log.path} has no User-Agent: safedeploy's own checks are counted there")
        for line in lines:
            if time.monotonic() > deadline:
                self._notes.append(f"{log.path} was not read to its end: there was no time left")
                return
            self._count(log, line)

    def notes(self) -> list[str]:
        """What was not counted, or not as it should be."""
        odd = [f"{self._odd} lines of access logs are not in the format that is configured"] if self._odd else []
        long = [f"{self._long} lines of access logs are longer than {LONGEST} characters"] if self._long else []
        return self._notes + odd + long

    def _count(self, log: Log, line: str) -> None:
        if not line:
            return
        if len(line) > LONGEST:
            self._long += 1
            return
        facts = next((found for found in (parser.read(line) for parser in log.parsers) if found), None)
        status = (facts or {}).get("status", "")
        if facts is None or not (len(status) == 3 and status.isascii() and status.isdigit()):
            self._odd += 1
            return
        site = log.site_of(facts)
        if self._is_older(facts):
            self.older += 1
            return
        if site is None:
            return
        agent = facts.get(AGENT, "")
        if agent == OWN_AGENT or agent.endswith(DUMMY_AGENT):
            self.own += 1
            return
        self._add(site, int(status), milliseconds(facts))

    def _is_older(self, facts: Json) -> bool:
        if self._after is None:
            return False
        moment = logged_time.moment(facts)
        return moment is not None and moment < self._after

    def _add(self, site: str, status: int, took: float | None) -> None:
        if site not in self.sites and len(self.sites) >= SITES:
            site = OTHERS
        found = self.sites.setdefault(
            site, {"requests": 0, "server_errors": 0, "client_errors": 0, "latency": [0] * (len(LIMITS) + 1)}
        )
        found["requests"] += 1
        found["server_errors"] += status >= 500
        found["client_errors"] += 400 <= status < 500
        if took is not None:
            found["latency"][bisect_right(LIMITS, took)] += 1


def milliseconds(facts: Json) -> float | None:
    """How long a request took, where its line tells."""
    for unit in UNITS:
        text = facts.get(unit, "")
        if text.isascii() and text.isdigit():
            return int(text) * _FACTOR[unit]
    return None
