"""What a watched fleet is seen to do: ticks of hosts come in, what opens and closes goes out. Pure.

Each site is judged over all hosts together, so that one failing host of many shows and one slow minute of one does not;
which hosts it is, is told by their own shares. A host that says nothing for SILENT seconds is trouble of its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from safedeploy.core.plain_text import plain_text
from safedeploy.core.watch.detector import WINDOW, Counts, Detector, Kind, Spike

SILENT = 90.0
ROW = 60  # ticks that the screen has
_MOST_SITES, _MOST_KINDS, _MOST_FAILED = 101, 20, 1000


@dataclass(frozen=True, kw_only=True)
class Message:
    """A kind of message of an error log, with one of them."""

    key: str
    level: str
    count: int
    sample: str


@dataclass(frozen=True, kw_only=True)
class Tick:
    """What one host told of `every` seconds that ended at `at` (its own clock, seconds since 1970)."""

    at: float
    every: float
    sites: Mapping[str, Counts]
    p95: Mapping[str, float]
    messages: tuple[Message, ...] = ()
    busy: int | None = None
    idle: int | None = None
    positions: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def whole(self) -> Counts:
        """All sites."""
        return sum(self.sites.values(), Counts())


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What has opened or closed. `key` is the same for both. `site` is empty for a host that says nothing."""

    key: str
    opened: bool
    at: float
    kind: Kind
    site: str
    hosts: tuple[str, ...]
    spike: Spike | None = None
    messages: tuple[Message, ...] = ()
    why: str = ""


@dataclass(kw_only=True)
class HostRow:
    """One host as the screen has it; `heard` is when it last told something, by the control machine's clock."""

    heard: float
    ticks: deque[Counts] = field(default_factory=lambda: deque(maxlen=ROW))
    recent: deque[tuple[float, Tick]] = field(default_factory=deque)
    p95: float | None = None
    busy: int | None = None
    idle: int | None = None
    why: str = ""
    silent: bool = False


class WatchedFleet:
    """Takes ticks as they come; every `every` seconds `judge` says what has changed."""

    def __init__(self, hosts: tuple[str, ...], every: float, now: float) -> None:
        self.every = every
        self.rows = {host: HostRow(heard=now) for host in hosts}
        self._detectors: dict[str, Detector] = {}
        self._coming: dict[str, list[Tick]] = {}

    def take(self, host: str, tick: Tick, now: float) -> None:
        """A host has told."""
        row = self.rows[host]
        row.heard, row.why = now, ""
        row.ticks.append(tick.whole)
        row.recent.append((now, tick))
        while row.recent and row.recent[0][0] < now - WINDOW:
            row.recent.popleft()
        row.p95 = max(tick.p95.values(), default=None)
        if tick.busy is not None:
            row.busy, row.idle = tick.busy, tick.idle
        self._coming.setdefault(host, []).append(tick)

    def lost(self, host: str, why: str) -> None:
        """The connection to a host has ended."""
        self.rows[host].why = why

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites that anything is known of."""
        return tuple(self._detectors)

    @property
    def open(self) -> dict[str, tuple[Spike, ...]]:
        """What is open at each site."""
        return {site: one.open for site, one in self._detectors.items() if one.open}

    def judge(self, now: float) -> list[Trouble]:
        """Judge what has come since the last time."""
        sites: dict[str, Counts] = {}
        for ticks in self._coming.values():
            for tick in ticks:
                for site, counts in tick.sites.items():
                    sites[site] = sites.get(site, Counts()) + counts
        self._coming = {}
        found = [one for site in {*sites, *self._detectors} for one in self._of_site(site, sites, now)]
        return [*found, *self._silent(now)]

    def _of_site(self, site: str, sites: Mapping[str, Counts], now: float) -> list[Trouble]:
        if site not in self._detectors and len(self._detectors) >= _MOST_SITES:
            return []
        detector = self._detectors.setdefault(site, Detector())
        return [
            Trouble(
                key=f"watch:{spike.kind.value}:{site}",
                opened=what == "opened",
                at=now,
                kind=spike.kind,
                site=site,
                hosts=self._suffering(site, spike),
                spike=spike,
                messages=self._messages(),
            )
            for what, spike in detector.tick(now, self.every, sites.get(site, Counts()))
        ]

    def _suffering(self, site: str, spike: Spike) -> tuple[str, ...]:
        """The hosts whose own share of the last minute is a good part of that of all."""
        found = []
        for host, row in self.rows.items():
            mine = sum((tick.sites.get(site, Counts()) for _, tick in row.recent), Counts())
            bad = mine.errors if spike.kind is Kind.ERRORS else mine.slow
            if bad and bad >= 0.3 * spike.share * mine.requests:
                found.append(host)
        return tuple(found)

    def _messages(self) -> tuple[Message, ...]:
        """What error logs said in the last minute, the most frequent first."""
        found: dict[str, Message] = {}
        for row in self.rows.values():
            for _, tick in row.recent:
                for one in tick.messages:
                    known = found.get(one.key)
                    count = one.count + (known.count if known else 0)
                    found[one.key] = Message(key=one.key, level=one.level, count=count, sample=one.sample)
        return tuple(sorted(found.values(), key=lambda one: -one.count)[:5])

    def _silent(self, now: float) -> list[Trouble]:
        found = []
        for host, row in self.rows.items():
            silent = now - row.heard > SILENT
            if silent != row.silent:
                row.silent = silent
                found.append(
                    Trouble(
                        key=f"watch:{Kind.SILENCE.value}:{host}",
                        opened=silent,
                        at=now,
                        kind=Kind.SILENCE,
                        site="",
                        hosts=(host,),
                        why=row.why,
                    )
                )
        return found

    def to_json(self) -> dict[str, Any]:
        """What has been learnt, for the next start."""
        return {site: detector.to_json() for site, detector in self._detectors.items()}

    def learn_from(self, known: Mapping[str, Any]) -> None:
        """What an earlier watch has learnt."""
        for site, one in list(known.items())[:_MOST_SITES]:
            if isinstance(one, Mapping):
                self._detectors.setdefault(str(site), Detector()).learn_from(one)


def tick_from_json(host: str, value: Mapping[str, Any]) -> Tick:
    """Values from a line of the on-host program's `watch`. Raises ValueError for another shape."""
    try:
        sites = {plain_text(str(site), limit=200): one for site, one in list(value["sites"].items())[:_MOST_SITES]}
        status = value.get("status") or {}
        return Tick(
            at=_number(value["time"]),
            every=_number(value["every"]),
            sites={site: _counts(one) for site, one in sites.items()},
            p95={site: _number(one["p95"]) for site, one in sites.items() if one.get("p95") is not None},
            messages=tuple(_message(one) for one in (value.get("errors") or [])[:_MOST_KINDS]),
            busy=None if status.get("busy") is None else int(status["busy"]),
            idle=None if status.get("idle") is None else int(status["idle"]),
            positions=dict(value.get("positions") or {}),
            notes=tuple(plain_text(str(note)) for note in (value.get("notes") or [])[:20]),
        )
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise ValueError(f"{host} answered 'watch' in a shape that is not understood: {error!r}") from error


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15:
        raise TypeError(f"a number is expected, not {value!r:.40}")
    return float(value)


def _counts(one: Mapping[str, Any]) -> Counts:
    numbers = {name: max(0, int(_number(one[name]))) for name in ("requests", "slow", "more")}
    failed = tuple(
        (int(_number(client)), max(0, int(_number(number)))) for client, number in one["failed"][:_MOST_FAILED]
    )
    clients = tuple(int(_number(client)) for client in one["clients"][:_MOST_FAILED])
    errors = max(0, int(_number(one["server_errors"])))
    return Counts(errors=errors, failed=failed, clients=clients, **numbers)


def _message(one: Mapping[str, Any]) -> Message:
    return Message(
        key=plain_text(str(one["key"]), limit=300),
        level=plain_text(str(one["level"]), limit=20),
        count=int(_number(one["count"])),
        sample=plain_text(str(one["sample"]), limit=400),
    )
