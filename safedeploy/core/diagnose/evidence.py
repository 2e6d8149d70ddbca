"""All that is known of a fleet in trouble, as values: what each hypothesis is judged by. Pure.

Moments are in seconds since 1970, by the control machine's clock where it tells them and else by the host's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from safedeploy.core.diagnose.onset import Counted, Stretch, stretch
from safedeploy.core.diagnose.seen import HostSeen
from safedeploy.core.drift import DriftItem
from safedeploy.core.log_window import LogWindow, Step, merged

FEWEST = 5  # errors: fewer are no trouble of a fleet
ALL_THE_TIME = 0.05
_MOST_STRETCHES = 5
_SO_MANY_WELL = 8.0  # errors that were to be expected, and did not come
_FEW_TO_BE_EXPECTED = 3.0  # the same, of one host: by chance none comes in 5 of 100 cases


class Symptom(StrEnum):
    """What visitors get."""

    ERRORS = "server errors"
    REFUSALS = "client errors"
    SLOW = "slow answers"
    DOWN = "no answer"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A kind of message of error logs, explained: its meaning, what to do, and the rule that it belongs to."""

    key: str
    text: str
    count: int
    first: float | None
    hosts: tuple[str, ...]
    last: float | None = None
    meaning: str = ""
    remedy: str = ""
    rule: str | None = None


@dataclass(frozen=True, kw_only=True)
class Change:
    """A run that changed hosts, `at` the moment when it began; one without `ended` is at it, or died at it.

    `paths` are what it changed, `lines` the first changed lines with their places.
    """

    run: str
    command: str
    actor: str
    reason: str
    at: float
    ended: float | None
    release: str | None
    hosts: tuple[str, ...]
    paths: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Gone:
    """A host that could not be asked. `ports` are those that were tried from here: whether each takes a connection."""

    why: str
    ports: Mapping[int, bool] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class HostEvidence:
    """One host that was read. `offset` is how far its clock is ahead of ours; parts that it did not tell are None."""

    seen: HostSeen | None = None
    window: LogWindow | None = None
    drift: tuple[DriftItem, ...] | None = None
    managed: frozenset[str] = frozenset()
    offset: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What visitors suffer. `began` is None where it was so all the time; `usual` is the share before."""

    symptom: Symptom
    began: float | None
    ended: float | None
    requests: int
    bad: int
    usual: float
    hosts: tuple[str, ...]
    certain: bool = True

    @property
    def share(self) -> float:
        """Of requests since it began."""
        return self.bad / self.requests if self.requests else 0.0


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Of one environment. `changes` is None where no history is kept; the newest comes first."""

    environment: str
    since: float
    until: float
    hosts: Mapping[str, HostEvidence]
    gone: Mapping[str, Gone] = field(default_factory=dict)
    changes: tuple[Change, ...] | None = ()
    last_change: Change | None = None
    lines: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def every(self) -> tuple[str, ...]:
        """All hosts, those that are gone too."""
        return (*self.hosts, *self.gone)

    @property
    def looked(self) -> bool:
        """Whether any host told what it saw of itself; where none did nothing is known of backends and certificates."""
        return any(one.seen is not None for one in self.hosts.values())

    @cached_property
    def window(self) -> LogWindow | None:
        """The logs of all hosts as one."""
        return merged(self._windows.values())

    @cached_property
    def trouble(self) -> Trouble | None:
        """What visitors suffer most; None where nothing is seen of any trouble."""
        down = self._down
        if down is not None:
            return down
        for symptom, bad in _IN_LOGS.items():
            found = self._in_logs(symptom, {host: _counted(one.series, bad) for host, one in self._windows.items()})
            if found is not None:
                return found
        return None

    @cached_property
    def _windows(self) -> dict[str, LogWindow]:
        return {host: one.window for host, one in self.hosts.items() if one.window is not None}

    @cached_property
    def well(self) -> frozenset[str]:
        """The hosts that do not suffer; one that too few visitors came to for that to be seen is not among them."""
        trouble = self.trouble
        if trouble is None:
            return frozenset(self.hosts)
        if trouble.symptom is Symptom.DOWN:
            asked = {host for host, one in self.hosts.items() if one.seen is not None and not is_down(one.seen)}
            return frozenset(asked - set(trouble.hosts))
        came = {
            host: sum(one.requests for one in window.series if trouble.began is None or one.start >= trouble.began)
            for host, window in self._windows.items()
        }
        enough = {host for host, requests in came.items() if requests * trouble.share >= _FEW_TO_BE_EXPECTED}
        return frozenset(enough - set(trouble.hosts))

    @property
    def _down(self) -> Trouble | None:
        dead = tuple(host for host, one in self.hosts.items() if one.seen is not None and is_down(one.seen))
        cut = tuple(host for host, one in self.gone.items() if one.ports and not any(one.ports.values()))
        if not dead and not cut:
            return None
        window = self.window
        return Trouble(
            symptom=Symptom.DOWN,
            began=self._last_request(dead),
            ended=None,
            requests=window.requests if window else 0,
            bad=window.server_errors if window else 0,
            usual=0.0,
            hosts=(*dead, *cut),
        )

    def _last_request(self, hosts: tuple[str, ...]) -> float | None:
        """About when the first of these hosts answered for the last time, by its logs."""
        ends = [
            window.series[-1].start + window.step
            for host in hosts
            if (window := self._windows.get(host)) is not None and window.series
        ]
        return min(ends, default=None)

    def _in_logs(self, symptom: Symptom, counted: Mapping[str, list[Counted]]) -> Trouble | None:
        window = self.window
        if window is None:
            return None
        found = _lately(_together(counted.values()), window.step)
        least = _LEAST[symptom]
        if found is not None and found.bad >= FEWEST and found.share >= max(least, _TIMES[symptom] * found.usual):
            return Trouble(
                symptom=symptom,
                began=found.began,
                ended=found.ended,
                requests=found.all,
                bad=found.bad,
                usual=found.usual,
                hosts=_affected(counted, found),
            )
        every, bad = _sums(one for each in counted.values() for one in each)
        if symptom is not Symptom.ERRORS or bad < FEWEST or bad < ALL_THE_TIME * every:
            return None
        hosts = tuple(host for host, each in counted.items() if sum(one.bad for one in each))
        return Trouble(symptom=symptom, began=None, ended=None, requests=every, bad=bad, usual=0.0, hosts=hosts)


# Answers such as 404 are of every day: of these it must be more, and many times the usual.
_LEAST = {Symptom.ERRORS: 0.01, Symptom.SLOW: 0.2, Symptom.REFUSALS: 0.05}
_TIMES = {Symptom.ERRORS: 1.0, Symptom.SLOW: 1.0, Symptom.REFUSALS: 3.0}
_IN_LOGS: Mapping[Symptom, Callable[[Step], int]] = {
    Symptom.ERRORS: lambda one: one.server_errors,
    Symptom.SLOW: lambda one: one.slow,
    Symptom.REFUSALS: lambda one: one.client_errors,
}


def is_down(seen: HostSeen) -> bool:
    """Whether a host answers no visitor at a port where it should."""
    if seen.running is False and seen.installed:
        return True
    return bool(seen.silent_ports or (seen.running and seen.closed_ports))


def _lately(steps: list[Counted], step: float) -> Stretch | None:
    """The stretch that still lasts; where none does, the gravest of those that are over."""
    gravest: Stretch | None = None
    for _ in range(_MOST_STRETCHES):
        found = stretch(steps, step)
        if found is None or found.bad < FEWEST:
            break
        if found.ended is None:
            return _after_last_gap(steps, found)
        gravest = gravest or found
        steps = [one for one in steps if not found.began <= one.start < found.ended]
    return gravest


def _after_last_gap(steps: list[Counted], found: Stretch) -> Stretch:
    """From the last time on when all was well for a while: what was before that is another trouble."""
    inside = [one for one in steps if one.start >= found.began]
    well = 0
    for at in range(len(inside) - 1, -1, -1):
        well = 0 if inside[at].bad else well + inside[at].all
        if well * found.share >= _SO_MANY_WELL:
            later = [one for one in inside[at:] if one.start >= next(each.start for each in inside[at:] if each.bad)]
            every, bad = _sums(later)
            return replace(found, began=later[0].start, all=every, bad=bad)
    return found


def _counted(series: tuple[Step, ...], bad: Callable[[Step], int]) -> list[Counted]:
    return [Counted(start=one.start, all=one.requests, bad=bad(one)) for one in series]


def _together(parts: Iterable[list[Counted]]) -> list[Counted]:
    found: dict[float, list[int]] = {}
    for one in (one for part in parts for one in part):
        row = found.setdefault(one.start, [0, 0])
        row[0] += one.all
        row[1] += one.bad
    return [Counted(start=at, all=row[0], bad=row[1]) for at, row in sorted(found.items())]


def _sums(counted: Iterable[Counted]) -> tuple[int, int]:
    every = bad = 0
    for one in counted:
        every += one.all
        bad += one.bad
    return every, bad


def _affected(counted: Mapping[str, list[Counted]], found: Stretch) -> tuple[str, ...]:
    """The hosts that have a good part of it: at least a fifth of the share of all."""
    hosts = []
    for host, each in counted.items():
        inside = [one for one in each if one.start >= found.began and (found.ended is None or one.start < found.ended)]
        every, bad = _sums(inside)
        if bad and bad >= 0.2 * found.share * every:
            hosts.append(host)
    return tuple(hosts)
