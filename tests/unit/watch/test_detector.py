"""Spikes are found soon, and ordinary days wake nobody. benchmarks/watch.py does the same with many more days."""

from __future__ import annotations

import json
import random

import pytest

from safedeploy.core.watch.detector import CALM, Counts, Detector, Kind
from safedeploy.core.watch.odds import at_least
from tests.unit.watch.days import KINDS, TICK, day, poisson, tick


def watched(ticks, detector=None):
    """[(seconds since the first tick, "opened" or "closed", kind)]."""
    detector = detector or Detector()
    found = []
    for number, counts in enumerate(ticks, start=1):
        found += [(number * TICK, what, spike.kind) for what, spike in detector.tick(number * TICK, TICK, counts)]
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_an_ordinary_day_wakes_nobody(kind):
    assert watched(day(kind, 1)) == []


def after(share, rate, seed, **more):
    """How long after its beginning a rise is told; the hour before is as usual."""
    chance = random.Random(seed)
    ticks = [tick(chance, rate, 0.002, **more) for _ in range(360)] + [
        tick(chance, rate, share, **more) for _ in range(30)
    ]
    opened = [at for at, what, _ in watched(ticks) if what == "opened"]
    return opened[0] - 3600 if opened else None


def test_five_percent_at_ten_requests_a_second_are_found_within_a_minute():
    times = [after(0.05, 10, seed) for seed in range(60)]
    assert None not in times
    assert sorted(times)[57] <= 60  # 95 of 100
    assert max(times) <= 120


def test_half_of_all_requests_are_found_at_once():
    assert after(0.5, 10, 1) <= 20


def test_it_closes_after_minutes_that_are_as_usual():
    chance = random.Random(3)
    ticks = [tick(chance, 10, 0.002) for _ in range(360)] + [tick(chance, 10, 0.2) for _ in range(30)]
    found = watched([*ticks, *(tick(chance, 10, 0.002) for _ in range(60))])
    assert [what for _, what, _ in found] == ["opened", "closed"]
    assert found[1][0] >= 3900 + CALM


def test_one_client_that_gets_all_errors_wakes_nobody():
    chance = random.Random(4)
    assert watched(tick(chance, 5, 0.002, burst=40) for _ in range(200)) == []


def test_behind_a_balancer_all_errors_count():
    balancer = {"clients": (1, 2), "failed": ((1, 30),)}
    ticks = [Counts(requests=300, clients=(1, 2)) for _ in range(100)]
    found = watched([*ticks, *(Counts(requests=300, errors=30, **balancer) for _ in range(6))])
    assert [what for _, what, _ in found] == ["opened"]


@pytest.mark.parametrize("seed", range(20))
def test_a_scanner_of_a_site_with_a_few_visitors_wakes_nobody(seed):
    chance = random.Random(seed)
    quiet = [Counts(requests=poisson(chance, 5), clients=(1, 2, 3)) for _ in range(360)]
    scanned = [Counts(requests=45, errors=40, failed=((9, 40),), clients=(1, 2, 9)) for _ in range(30)]
    assert watched([*quiet, *scanned, *quiet]) == []


def test_an_outage_soon_after_the_start_is_not_learnt_as_usual():
    detector, found = Detector(), []
    for number in range(60):
        share = 0.0 if number < 20 else min(1.0, 0.2 * (number - 19))
        requests = 30
        errors = round(share * requests)
        counts = Counts(requests=requests, errors=errors, failed=((1, errors),) if errors else (), clients=(1,))
        found += [what for what, _ in detector.tick(number + 1.0, 1.0, counts)]
    assert found == ["opened"]


def test_errors_that_are_usual_are_learnt_and_wake_nobody():
    chance = random.Random(5)
    detector = Detector()
    watched((tick(chance, 20, 0.008) for _ in range(720)), detector)
    assert watched((tick(chance, 20, 0.008) for _ in range(720)), detector) == []


def test_slow_answers_are_a_kind_of_their_own():
    ticks = [Counts(requests=200, slow=4) for _ in range(360)] + [Counts(requests=200, slow=120) for _ in range(6)]
    assert [kind for _, _, kind in watched(ticks)] == [Kind.SLOW]


def test_what_was_learnt_is_taken_up_again_and_nonsense_is_not():
    chance = random.Random(6)
    first, second, third = Detector(), Detector(), Detector()
    watched((tick(chance, 20, 0.03) for _ in range(20)), first)
    second.learn_from(first.to_json())
    assert second.to_json() == first.to_json()
    third.learn_from({"errors": {"requests": "many"}, "slow": 7})
    assert third.to_json() == Detector().to_json()


def test_an_alert_that_was_open_is_closed_by_the_next_watch_and_not_told_again():
    chance = random.Random(8)
    first, second = Detector(), Detector()
    watched([*(tick(chance, 10, 0.002) for _ in range(360)), *(tick(chance, 10, 0.2) for _ in range(10))], first)
    assert [spike.kind for spike in first.open] == [Kind.ERRORS]
    second.learn_from(json.loads(json.dumps(first.to_json())))
    assert watched((tick(chance, 10, 0.2) for _ in range(10)), second) == []
    found = watched((tick(chance, 10, 0.002) for _ in range(60)), second)
    assert [what for _, what, _ in found] == ["closed"]


@pytest.mark.parametrize(
    ("bad", "every", "share", "wanted"),
    [(1, 1, 0.5, 0.5), (2, 2, 0.5, 0.25), (10, 10, 0.1, 1e-10), (3, 10, 0.1, 0.0702)],
)
def test_odds_are_those_of_the_binomial(bad, every, share, wanted):
    assert at_least(bad, every, share) == pytest.approx(wanted, rel=0.01)


@pytest.mark.parametrize(("bad", "every", "share"), [(0, 10, 0.1), (1, 100, 0.5), (200, 10_000, 0.02), (5, 5, 1.0)])
def test_what_is_to_be_expected_is_no_news(bad, every, share):
    assert at_least(bad, every, share) == 1.0
