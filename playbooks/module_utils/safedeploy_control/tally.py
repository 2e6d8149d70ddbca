"""What visitors got, as numbers that can be added up: requests, errors, and how long they took. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

Json = dict[str, Any]

# The limits in milliseconds of the host program's histograms: powers of the square root of 2, from 1 ms.
STEPS_TO_DOUBLE = 2


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
    """One host: before its batch and since. `kinds` are messages of the error log, by their signature."""

    before: Tally = field(default_factory=Tally)
    now: Tally = field(default_factory=Tally)
    kinds_before: frozenset[str] = frozenset()
    kinds: tuple[Json, ...] = ()
    notes: tuple[str, ...] = ()


def limit(bucket: int) -> float:
    """The upper limit of a bucket, in milliseconds."""
    return float(2 ** (bucket / STEPS_TO_DOUBLE))


def together(tallies: Iterable[Tally]) -> Tally:
    """The sum of some tallies."""
    return sum(tallies, Tally())


def of_answer(answer: Json | None) -> Tally:
    """The tally of a `traffic` answer; an empty one when there is none. Raises nothing for what a host made up."""
    sites = (answer or {}).get("sites")
    return together(_of_site(site) for site in (sites.values() if isinstance(sites, dict) else ()))


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
