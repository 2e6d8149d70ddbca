"""What visitors got between two moments, step by step: requests and errors of each site, and who asked for what. Pure.

Paths are without their queries. Addresses of clients are told only where they came most often; all others are hashes.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from ..probes import elided
from . import logged_time
from .counts import DUMMY_AGENT, LIMITS, LONGEST, OTHERS, OWN_AGENT, SITES, milliseconds
from .logs import AGENT
from .most import Most
from .sketch import Sketch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable

    from .logs import Log

    Json = dict[str, Any]

SLOW = 1000.0
STEPS = 3000
_TARGET = re.compile(r"^\S+ (\S+)")


class WindowCounts:
    """Adds up the lines from `since` until before `until` (seconds since 1970) in steps of `step` seconds."""

    def __init__(self, since: float, until: float, step: float, salt: bytes) -> None:
        self.own = 0
        self._since, self._until, self._step = since, until, step
        self._sites: dict[str, Json] = {}
        self._series: dict[str, dict[int, list[int]]] = {}
        self._all, self._affected = Sketch(salt), Sketch(salt)
        self._clients, self._paths, self._agents = Most(), Most(), Most()
        self._notes: list[str] = []
        self._odd = 0

    def add(self, log: Log, lines: Iterable[str]) -> None:
        """Count the lines of one log. One whose format has no time is left out, and that is noted."""
        if not any(field.partition(":")[0] == "time" for parser in log.parsers for field in parser.fields):
            self._notes.append(f"the format of {log.path} has no time, so nothing of it can be counted")
            return
        for line in lines:
            self._count(log, line)

    def to_json(self) -> Json:
        """{sites, clients, top, own}, as docs/architecture.md describes them."""
        return {
            "sites": {
                site: {
                    **counted,
                    "series": [[self._since + at * self._step, *row] for at, row in sorted(series.items())],
                }
                for (site, counted), series in zip(self._sites.items(), self._series.values())
            },
            "clients": {"all": self._all.to_json(), "affected": self._affected.to_json()},
            "top": {
                "clients": self._clients.by_requests(),
                "paths": self._paths.by_requests(),
                "agents": self._agents.by_requests(),
                "failing": self._paths.by_errors(),
            },
            "own": self.own,
        }

    def notes(self) -> list[str]:
        """What was not counted."""
        odd = [f"{self._odd} lines of access logs are not in the format that is configured"] if self._odd else []
        return self._notes + odd

    def _count(self, log: Log, line: str) -> None:
        facts = None
        if len(line) <= LONGEST:
            facts = next((found for found in (parser.read(line) for parser in log.parsers) if found), None)
        status = (facts or {}).get("status", "")
        moment = logged_time.moment(facts) if facts else None
        if facts is None or moment is None or not (len(status) == 3 and status.isascii() and status.isdigit()):
            self._odd += bool(line)
            return
        site = log.site_of(facts)
        if site is None or not self._since <= moment < self._until:
            return
        agent = facts.get(AGENT, "")
        if agent == OWN_AGENT or agent.endswith(DUMMY_AGENT):
            self.own += 1
            return
        self._add_to_site(site, int((moment - self._since) // self._step), int(status), milliseconds(facts))
        self._add_to_top(facts, int(status) >= 500)

    def _add_to_site(self, site: str, step: int, status: int, took: float | None) -> None:
        if site not in self._sites and len(self._sites) >= SITES:
            site = OTHERS
        if site not in self._sites:
            self._sites[site] = {
                "requests": 0,
                "server_errors": 0,
                "client_errors": 0,
                "latency": [0] * (len(LIMITS) + 1),
            }
            self._series[site] = {}
        found = self._sites[site]
        row = self._series[site].setdefault(step, [0, 0, 0, 0])
        failed, refused = status >= 500, 400 <= status < 500
        found["requests"] += 1
        found["server_errors"] += failed
        found["client_errors"] += refused
        row[0] += 1
        row[1] += failed
        row[2] += refused
        if took is not None:
            found["latency"][bisect_right(LIMITS, took)] += 1
            row[3] += took >= SLOW

    def _add_to_top(self, facts: Json, failed: bool) -> None:
        client = facts.get("client") or facts.get("host")
        if client:
            self._all.add(client)
            if failed:
                self._affected.add(client)
            self._clients.add(client, failed)
        self._paths.add(_path(facts), failed)
        self._agents.add(facts.get(AGENT, "-"), failed)


def _path(facts: Json) -> str:
    if "path" in facts:
        target = facts["path"]
    else:
        found = _TARGET.match(facts.get("request", ""))
        target = found[1] if found else "(no request)"
    return elided.elide(target.partition("?")[0])
