"""Whether visitors are worse off since a batch was changed, and by the change: go, stop, or too little traffic. Pure.

A rise is put down to the change when both hold: the share is greater than on the same hosts before, and greater than on
hosts of the run that were not changed, in the same minutes. Each of the two by an exact test (odds.py) and by a least
increase, so that neither chance nor a difference that nobody feels stops a rollout. What hosts without the change share
with those that have it, a backend's outage say, is not the change's.

The chance that a batch is stopped by chance alone is `level` at most in each look: it is divided among all tests that
the look makes and that may stop it (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import odds
from .tally import STEPS_TO_DOUBLE, Seen, Tally, added, limit

Json = dict[str, Any]

GO, STOP, TOO_LITTLE = "go", "stop", "too-little"
# Fewer errors than these stop nothing, however unlikely they are.
LEAST_ERRORS = 3
# Slow: more than twice what 95 of 100 requests took before, and noticed by a person.
SLOW_QUANTILE = 0.95
NOTICED_MS = 50.0
SLOW_INCREASE = 0.05
_GRAVE = frozenset({"emerg", "alert", "crit", "error"})


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The settings of `rollout.gate` that decide."""

    errors: str = STOP
    latency: str = "warn"
    signatures: str = "show"
    min_requests: int = 100
    min_increase: float = 0.01


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One look. `why` is a sentence; `line` the numbers; `warnings` what was seen and does not stop."""

    verdict: str
    why: str
    line: str
    warnings: tuple[str, ...] = ()
    signatures: tuple[Json, ...] = ()
    before: Tally
    now: Tally
    unchanged: Tally


def judge(rules: Rules, level: float, changed: Mapping[str, Seen], unchanged: Sequence[Seen]) -> Verdict:
    """The verdict on a batch: all of it together, each of its hosts, and each site."""
    rest, whole = added(unchanged), added(changed.values())
    subjects = _subjects(whole, changed, rest)
    tests = {test: wanted for test, wanted in ((_errors, rules.errors), (_latency, rules.latency)) if wanted != "off"}
    # What only warns cannot stop anything by chance.
    each = level / max(1, list(tests.values()).count(STOP))
    stops: list[str] = []
    warnings: list[str] = []
    for test, wanted in tests.items():
        said = [
            (blamed, f"{name}: {text}" if name else text)
            for name, share, seen, others in subjects
            for blamed, text in [test(rules, each * share, seen, others)]
            if text
        ]
        # What the batch shows as a whole need not be said of its hosts and sites.
        blames = [text for blamed, text in said if blamed][:1]
        (stops if wanted == STOP else warnings).extend(blames)
        warnings += [] if blames else [text for _, text in said][:1]
    new = _new(rules, changed.values(), unchanged)
    graves = [one for one in new if one.get("level") in _GRAVE]
    if graves and rules.signatures == STOP:
        stops.append(f"new in the error log: {graves[0].get('key')} ({graves[0].get('count')} times)")
    found = {
        "warnings": tuple(warnings),
        "signatures": new,
        "before": whole.before,
        "now": whole.now,
        "unchanged": rest.now,
    }
    verdict, why = _decided(rules, whole, rest, stops)
    return Verdict(verdict=verdict, why=why, line=_line(whole, rest), **found)


def _subjects(whole: Seen, changed: Mapping[str, Seen], rest: Seen) -> list[tuple[str, float, Seen, Seen]]:
    """(name, share of the level, what it saw, what unchanged hosts saw): the batch, each of its hosts, each site.

    The sites, which may be many, have half of the level together; a small one that fails is little of the whole.
    """
    hosts = [("", whole), *(changed.items() if len(changed) > 1 else ())]
    sites = whole.sites if len(whole.sites) > 1 else {}
    of_hosts = (0.5 if sites else 1.0) / len(hosts)
    empty = (Tally(), Tally())
    return [
        *((name, of_hosts, seen, rest) for name, seen in hosts),
        *(
            (name, 0.5 / len(sites), Seen(before=before, now=now), Seen(before=others[0], now=others[1]))
            for name, (before, now) in sites.items()
            for others in [rest.sites.get(name, empty)]
        ),
    ]


def _decided(rules: Rules, whole: Seen, rest: Seen, stops: Sequence[str]) -> tuple[str, str]:
    least = rules.min_requests
    if stops:
        return STOP, "; ".join(stops)
    if whole.now.requests < least:
        return TOO_LITTLE, f"too little traffic to judge ({whole.now.requests} requests of at least {least})"
    if whole.before.requests < least and rest.now.requests < least:
        return TOO_LITTLE, (
            f"nothing to compare with ({whole.before.requests} requests before and {rest.now.requests} on unchanged "
            f"hosts, of at least {least})"
        )
    return GO, "no worse than before the change, or than hosts without it"


def _errors(rules: Rules, level: float, seen: Seen, rest: Seen) -> tuple[bool, str]:
    """(whether it is the change's, what is to be said)."""
    before, now = seen.before, seen.now
    text = (
        f"5xx share rose from {percent(before.share)} to {percent(now.share)} ({now.errors} of {now.requests} requests)"
    )
    if before.requests < rules.min_requests <= rest.now.requests:
        text = f"5xx share is {percent(now.share)} ({now.errors} of {now.requests} requests)"
    return _worse(rules, level, (before, now), (rest.before, rest.now), (rules.min_increase, text))


def _latency(rules: Rules, level: float, seen: Seen, rest: Seen) -> tuple[bool, str]:
    if seen.before.timed < rules.min_requests:
        return False, ""
    bucket = seen.before.bucket(SLOW_QUANTILE) + STEPS_TO_DOUBLE
    while limit(bucket) < NOTICED_MS:
        bucket += 1
    before, now = seen.before.slower(bucket), seen.now.slower(bucket)
    text = (
        f"requests of more than {limit(bucket):.0f} ms rose from {percent(before.share)} to {percent(now.share)} "
        f"({now.errors} of {now.requests})"
    )
    others = (rest.before.slower(bucket), rest.now.slower(bucket))
    return _worse(rules, level, (before, now), others, (SLOW_INCREASE, text))


def _worse(
    rules: Rules, level: float, own: tuple[Tally, Tally], others: tuple[Tally, Tally], words: tuple[float, str]
) -> tuple[bool, str]:
    (before, now), (rest_before, rest), (increase, text) = own, others, words
    compared = rest.requests >= rules.min_requests
    # A short past says little, and the hosts beside it more; alone it is better than nothing.
    past = before.requests >= (rules.min_requests if compared else 1)
    if now.errors < LEAST_ERRORS or not (past or compared):
        return False, ""
    if past and not _rose(level, before, now, increase):
        return False, ""
    risen = now.share - (before.share if past else rest_before.share)
    shared = _rose(level, rest_before, rest, increase) and 2 * (rest.share - rest_before.share) >= risen
    if not (compared or shared):
        return True, f"{text}; no unchanged host has traffic to compare with"
    text = f"{text}; unchanged hosts {percent(rest.share)}"
    if shared or not _rose(level, rest, now, increase):
        return False, f"{text}: not put down to the change" if past else ""
    return True, text


def _rose(level: float, low: Tally, high: Tally, increase: float) -> bool:
    return (
        high.share - low.share >= increase
        and odds.greater(high.errors, high.requests, low.errors, low.requests) <= level
    )


def _new(rules: Rules, changed: Any, unchanged: Sequence[Seen]) -> tuple[Json, ...]:
    """The kinds of messages that the changed hosts have now, had not before, and that no unchanged host has."""
    if rules.signatures == "off":
        return ()
    known = {str(one.get("key")) for seen in unchanged for one in seen.kinds}
    found: dict[str, Json] = {}
    for seen in changed:
        for one in seen.kinds:
            key = str(one.get("key"))
            if key not in known and key not in seen.kinds_before:
                count = found[key]["count"] if key in found else 0
                found[key] = {**one, "count": count + int(one.get("count") or 0)}
    return tuple(found.values())


def _line(whole: Seen, rest: Seen) -> str:
    before = f"before {percent(whole.before.share)}" if whole.before.requests else "none before"
    others = f"unchanged hosts {percent(rest.now.share)}" if rest.now.requests else "no requests to unchanged hosts"
    return f"{whole.now.requests} requests, {percent(whole.now.share)} 5xx ({before}; {others})"


def percent(share: float) -> str:
    """A share for people: two digits that count, and never 0 for what is not."""
    if share and share < 0.001:
        return f"{share * 100:.1g} %"
    return f"{share * 100:.1f} %"
