"""One tick: lines of access logs as numbers for each site. Pure.

`failed` has whose requests failed how often, by hashes: a scanner that gets errors alone is no trouble of visitors.
"""

from __future__ import annotations

import hashlib
from collections import Counter

from .quick_format import is_own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Tuple

    Json = dict[str, Any]
    Row = Tuple[bytes, bytes, bytes, bytes, bytes]

SAMPLE = 400
CLIENTS = 64
FEW = 4
_NONE = (b"0", b"-")
_PER_MS = {"us": 1000.0, "ms": 1.0, "s": 0.001}


class Tally:
    """The lines of one log in one tick."""

    def __init__(self, unit: str | None) -> None:
        self.own = 0
        self.plain: Counter[tuple[bytes, bytes, int]] = Counter()
        self.failed: Counter[tuple[bytes, bytes]] = Counter()
        self.times: dict[bytes, list[float]] = {}
        self.seen: dict[bytes, set[bytes]] = {}
        self._scale = _PER_MS.get(unit or "", 1.0)
        # How many digits a second or more has: 7 in microseconds, 4 in milliseconds, 1 in seconds.
        self._digits = {"us": 7, "ms": 4}.get(unit or "", 1)

    def add(self, rows: Iterable[Row]) -> None:
        """Take lines in."""
        plain, failed, seen, digits = self.plain, self.failed, self.seen, self._digits
        for site, status, client, took, agent in rows:
            if agent and is_own(agent):
                self.own += 1
                continue
            slow = 1 if took and len(took) >= digits and took not in _NONE else 0
            plain[site, status[:1], slow] += 1
            if status[:1] == b"5":
                failed[site, client] += 1
            seen.setdefault(site, set()).add(client)
            if took.isdigit():
                mine = self.times.setdefault(site, [])
                if len(mine) < SAMPLE:
                    mine.append(int(took) / self._scale)


def count(rows: Iterable[Row], unit: str | None, default_site: str, salt: bytes) -> tuple[dict[str, Json], int]:
    """({site: numbers}, own requests).

    `slow` took a second or longer; `p95` is of a sample, in ms, null where lines tell no times.
    """
    tally = Tally(unit)
    tally.add(rows)
    found: dict[str, Json] = {}

    def of(site: bytes) -> Json:
        return found[site.decode("latin-1").lower() or default_site]

    for (site, kind, slow), number in tally.plain.items():
        name = site.decode("latin-1").lower() or default_site
        one = found.setdefault(
            name,
            {
                "requests": 0,
                "server_errors": 0,
                "client_errors": 0,
                "slow": 0,
                "failed": [],
                "more": 0,
                "clients": [],
                "p95": None,
            },
        )
        one["requests"] += number
        one["server_errors"] += number if kind == b"5" else 0
        one["client_errors"] += number if kind == b"4" else 0
        one["slow"] += number if slow else 0
    for (site, client), number in tally.failed.items():
        if len(of(site)["failed"]) < CLIENTS:
            of(site)["failed"].append([hashed(client, salt), number])
        else:
            of(site)["more"] += 1
    for site, clients in tally.seen.items():
        # A few are told by their hashes, many by some of them: behind a balancer all have its address.
        of(site)["clients"] += [hashed(client, salt) for client in sorted(clients)[: FEW + 1]]
    for site, mine in tally.times.items():
        mine.sort()
        of(site)["p95"] = round(mine[int(0.95 * (len(mine) - 1))], 1)
    return found, tally.own


def hashed(client: bytes, salt: bytes) -> int:
    """A client by a number that names nobody; the same on all hosts that are given the same salt."""
    return int.from_bytes(hashlib.blake2b(client, digest_size=6, key=salt[:64]).digest(), "big")


def joined(parts: Iterable[dict[str, Json]]) -> dict[str, Json]:
    """The numbers of several logs as one."""
    found: dict[str, Json] = {}
    for part in parts:
        for site, one in part.items():
            known = found.setdefault(site, {key: [] if key in ("failed", "clients") else 0 for key in one})
            for key, number in one.items():
                if key == "p95":
                    known[key] = max(known[key] or 0, number or 0) or None
                else:
                    known[key] = known[key] + number
    return found
