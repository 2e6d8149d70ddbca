"""What visitors got, as numbers that can be added up: requests, errors, and how long they took. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

Json = dict[str, Any]

# The limits in milliseconds of the host program's histograms: powers of the square root of 2, from 1 ms.
STEPS_TO_DOUBLE = 2
_SITES = 256


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Requests of some hosts in some time. `latency` counts those whose time is known, by bucket."""

    requests: int = 0
    errors: int = 0
    latency: tuple[int, ...] = ()

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(
            requests=self.requests + other.requests,
            errors=self.errors + other.errors,
            latency=tuple(a + b for a, b in zip_longest(self.latency, other.latency, fillvalue=0)),
        )

    @property
    def share(self) -> float:
        """Errors per request."""
        return self.errors / self.requests if self.requests else 0.0

    @property
    def timed(self) -> int:
        """How many requests have a known time."""
        return sum(self.latency)

    def bucket(self, quantile: float) -> int:
        """The bucket that the quantile lies in."""
        seen = 0
        for number, count in enumerate(self.latency):
            seen += count
            if count and seen >= quantile * self.timed:
                return number
        return 0

    def slower(self, bucket: int) -> Tally:
        """The timed requests, with those above a bucket as the errors."""
        return Tally(requests=self.timed, errors=sum(self.latency[bucket + 1 :]))


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One host, or more: before the batch and since, in all and by site; `kinds` are messages of the error log."""

    before: Tally = field(default_factory=Tally)
    now: Tally = field(default_factory=Tally)
    sites: Mapping[str, tuple[Tally, Tally]] = field(default_factory=dict)
    kinds_before: frozenset[str] = frozenset()
    kinds: tuple[Json, ...] = ()
    notes: tuple[str, ...] = ()


def limit(bucket: int) -> float:
    """The upper limit of a bucket, in milliseconds."""
    return float(2 ** (bucket / STEPS_TO_DOUBLE))


def together(tallies: Iterable[Tally]) -> Tally:
    """The sum of some tallies."""
    return sum(tallies, Tally())


def added(seen: Iterable[Seen]) -> Seen:
    """What some hosts saw together, but for their messages."""
    all_of_them = list(seen)
    names = dict.fromkeys(name for one in all_of_them for name in one.sites)
    empty = (Tally(), Tally())
    return Seen(
        before=together(one.before for one in all_of_them),
        now=together(one.now for one in all_of_them),
        sites={
            name: (
                together(one.sites.get(name, empty)[0] for one in all_of_them),
                together(one.sites.get(name, empty)[1] for one in all_of_them),
            )
            for name in names
        },
    )


def by_site(before: Json | None, now: Json | None) -> dict[str, tuple[Tally, Tally]]:
    """The tallies of two `traffic` answers for each site that has requests in the second."""
    first, second = _sites(before), _sites(now)
    return {name: (first.get(name, Tally()), tally) for name, tally in second.items() if tally.requests}


def of_answer(answer: Json | None) -> Tally:
    """The tally of a `traffic` answer; an empty one when there is none. Raises nothing for what a host made up."""
    return together(_sites(answer).values())


def _sites(answer: Json | None) -> dict[str, Tally]:
    sites = (answer or {}).get("sites")
    named = list(sites.items())[:_SITES] if isinstance(sites, dict) else []
    return {str(name): _of_site(site) for name, site in named}


def _of_site(site: Any) -> Tally:
    found = site if isinstance(site, dict) else {}
    requests = _count(found.get("requests"))
    latency = found.get("latency")
    return Tally(
        requests=requests,
        errors=min(_count(found.get("server_errors")), requests),
        latency=tuple(map(_count, latency[:64])) if isinstance(latency, list) else (),
    )


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53 else 0
