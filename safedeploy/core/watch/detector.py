"""Finds spikes in what visitors get, against a learnt baseline. Pure; fed with ticks.

For each kind of trouble, of the last minute: how unlikely are so many failures, if each request failed with twice the
usual share, or the usual share and half a percent more? Less than one in 30,000, and not all of it in one tick, opens
an alert; three minutes in which the share is as usual close it. What is usual is an average that forgets half of itself
in an hour, and that learns nothing while an alert is open.

    quiet --unlikely--> open --usual for CALM seconds--> quiet

One client counts two failures a minute and no more, and an alert needs several clients: a scanner that gets errors
alone wakes nobody. Where all requests come from a few addresses these are of balancers, and every error counts. The
false-alarm rate and how it was measured stand in docs/watch.md.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from safedeploy.core.watch.odds import at_least

WINDOW = 60.0
ALPHA = 3e-5
OF_ONE_TICK = 0.8  # of what is bad: more than that in one tick is a hiccup, and the next tick decides
CALM = 180.0
HALF_LIFE = 3600.0
FEWEST = 5
CLIENTS = 3
NEVER_USUAL = 0.05
CAP = 2
FEW = 4
BUSY = 2.0  # requests a second of a few addresses: more than people make
ADDRESSES = 600.0  # seconds in which no more than FEW addresses came: those of balancers, and not of clients
FORGET_BELOW = 20.0  # requests that the baseline stands for, before it is believed


class Kind(StrEnum):
    """What visitors suffer."""

    ERRORS = "errors"
    SLOW = "slow"
    SILENCE = "silence"


# How much more than usual it must be: a factor, and a share beside it.
_MORE = {Kind.ERRORS: (2.0, 0.005), Kind.SLOW: (2.0, 0.10)}
# What is taken for usual before anything is known.
_PRIOR = {Kind.ERRORS: 0.002, Kind.SLOW: 0.02}


@dataclass(frozen=True, kw_only=True)
class Counts:
    """One tick of one site. `failed` are (hash of a client, errors), and `more` are clients with an error each.

    `clients` are the hashes of some of those that asked: all of them where they are FEW or fewer.
    """

    requests: int = 0
    errors: int = 0
    slow: int = 0
    failed: tuple[tuple[int, int], ...] = ()
    more: int = 0
    clients: tuple[int, ...] = ()

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            requests=self.requests + other.requests,
            errors=self.errors + other.errors,
            slow=self.slow + other.slow,
            failed=self.failed + other.failed,
            more=self.more + other.more,
            clients=self.clients + other.clients,
        )

    @property
    def by_client(self) -> tuple[int, int]:
        """(clients that met an error, their errors of which each has CAP at most)."""
        found: dict[int, int] = {}
        for client, number in self.failed:
            found[client] = found.get(client, 0) + number
        return len(found) + self.more, sum(min(CAP, number) for number in found.values()) + self.more


@dataclass(frozen=True, kw_only=True)
class Spike:
    """A trouble that is open. `share` is of the last minute, `odds` by chance; `began`: when it was first unlikely."""

    kind: Kind
    began: float
    share: float
    usual: float
    requests: int
    bad: int
    affected: int
    odds: float


@dataclass(kw_only=True)
class Baseline:
    """What is usual: weights of requests and of bad ones, half of which are forgotten in HALF_LIFE."""

    requests: float = 0.0
    bad: float = 0.0

    def learn(self, requests: int, bad: float, seconds: float) -> None:
        """Take in a tick."""
        keep = 0.5 ** (seconds / HALF_LIFE)
        self.requests, self.bad = self.requests * keep + requests, self.bad * keep + bad

    def share(self, prior: float) -> float:
        """The usual share; the prior stands for a few requests, so that little is not taken for much."""
        weight = 5 * FORGET_BELOW
        return (self.bad + prior * weight) / (self.requests + weight)


@dataclass(kw_only=True)
class _Track:
    """One kind of trouble of one site."""

    kind: Kind
    baseline: Baseline = field(default_factory=Baseline)
    since: float | None = None
    calm: float = 0.0
    open: Spike | None = None


class Detector:
    """Watches one site (or host): `tick` takes its numbers and gives what has opened or closed."""

    def __init__(self) -> None:
        self._window: deque[tuple[float, float, Counts]] = deque()
        self._addresses: dict[int, float] = {}
        # Requests a second that were served, of which half is forgotten in a minute: a scanner's own do not count.
        self._served = 0.0
        self._tracks = {kind: _Track(kind=kind) for kind in (Kind.ERRORS, Kind.SLOW)}

    @property
    def open(self) -> tuple[Spike, ...]:
        """What is open now."""
        return tuple(track.open for track in self._tracks.values() if track.open is not None)

    def tick(self, at: float, seconds: float, counts: Counts) -> list[tuple[str, Spike]]:
        """[("opened" or "closed", spike)]; `at` is the end of the tick, which was `seconds` long."""
        self._window.append((at, seconds, counts))
        while self._window and self._window[0][0] <= at - WINDOW:
            self._window.popleft()
        whole = sum((one for _, _, one in self._window), Counts())
        keep = 0.5 ** (seconds / 60.0)
        self._served = self._served * keep + (counts.requests - counts.errors) / seconds * (1 - keep)
        for address in counts.clients:
            self._addresses[address] = at
        if len(self._addresses) > FEW:
            self._addresses = {one: last for one, last in self._addresses.items() if last > at - ADDRESSES}
        found = []
        for track in self._tracks.values():
            moved = self._judge(track, seconds, counts, whole)
            if moved is not None:
                found.append(moved)
        return found

    def _judge(self, track: _Track, seconds: float, tick: Counts, whole: Counts) -> tuple[str, Spike] | None:
        alone = self._behind_balancers
        bad = _bad(track.kind, whole, alone=alone)
        usual = track.baseline.share(_PRIOR[track.kind])
        factor, more = _MORE[track.kind]
        limit = max(factor * usual, usual + more)
        odds = at_least(bad, whole.requests, limit) if bad >= FEWEST else 1.0
        enough = track.kind is not Kind.ERRORS or alone or whole.by_client[0] >= CLIENTS
        in_one = max(_bad(track.kind, one, alone=alone) for _, _, one in self._window)
        unlikely = odds < ALPHA and enough and in_one <= OF_ONE_TICK * bad
        if track.open is None:
            if not unlikely:
                if odds > ALPHA:
                    # A share that nobody would call usual is not learnt as a whole, however little is known yet.
                    most = max(limit, NEVER_USUAL) * tick.requests
                    track.baseline.learn(tick.requests, min(most, _bad(track.kind, tick, alone=alone)), seconds)
                return None
            track.since = self._first_bad(track.kind, usual)
            track.open = _spike(track, whole, usual, odds)
            track.calm = 0.0
            return "opened", track.open
        track.open = _spike(track, whole, usual, odds)
        track.calm = track.calm + seconds if at_least(bad, whole.requests, limit) > 0.01 else 0.0
        if track.calm < CALM:
            return None
        closed, track.open, track.since = track.open, None, None
        return "closed", closed

    @property
    def _behind_balancers(self) -> bool:
        """Whether the addresses in the logs are not those of clients: hardly any, however many requests."""
        return 0 < len(self._addresses) <= FEW and self._served >= BUSY

    def _first_bad(self, kind: Kind, usual: float) -> float:
        """When the first tick of the window began whose share is above the usual one."""
        for end, seconds, one in self._window:
            if _bad(kind, one, alone=True) > 2 * usual * one.requests + 1:
                return end - seconds
        end, seconds, _ = self._window[-1]
        return end - seconds

    def to_json(self) -> dict[str, Any]:
        """What it has learnt, and what is open, for its next start."""
        return {
            kind.value: {
                "requests": track.baseline.requests,
                "bad": track.baseline.bad,
                "open": None if track.open is None else {name: getattr(track.open, name) for name in _KEPT},
            }
            for kind, track in self._tracks.items()
        }

    def learn_from(self, known: Mapping[str, Any]) -> None:
        """What an earlier one has learnt and has open; anything else is passed over."""
        for kind, track in self._tracks.items():
            one = known.get(kind.value)
            learnt = _numbers(one, ("requests", "bad"))
            if learnt is None or not isinstance(one, Mapping):
                continue
            track.baseline = Baseline(requests=learnt[0], bad=learnt[1])
            spike = _numbers(one.get("open"), _KEPT)
            if spike is not None:
                track.since = spike[0]
                track.open = Spike(
                    kind=kind,
                    began=spike[0],
                    share=spike[1],
                    usual=spike[2],
                    requests=int(spike[3]),
                    bad=int(spike[4]),
                    affected=int(spike[5]),
                    odds=spike[6],
                )


_KEPT = ("began", "share", "usual", "requests", "bad", "affected", "odds")


def _numbers(value: Any, names: tuple[str, ...]) -> list[float] | None:
    """The members of these names, where all of them are numbers that can be."""
    if not isinstance(value, Mapping):
        return None
    found = [value.get(name) for name in names]
    fit = [float(one) for one in found if isinstance(one, int | float) and 0 <= one < 1e12]
    return fit if len(fit) == len(names) else None


def _bad(kind: Kind, counts: Counts, *, alone: bool) -> int:
    if alone and kind is Kind.ERRORS:
        return counts.errors
    return counts.by_client[1] if kind is Kind.ERRORS else counts.slow


def _spike(track: _Track, whole: Counts, usual: float, odds: float) -> Spike:
    real = whole.errors if track.kind is Kind.ERRORS else whole.slow
    began = track.open.began if track.open is not None else (track.since or 0.0)
    return Spike(
        kind=track.kind,
        began=began,
        share=real / whole.requests if whole.requests else 0.0,
        usual=usual,
        requests=whole.requests,
        bad=real,
        affected=whole.by_client[0],
        odds=odds,
    )
