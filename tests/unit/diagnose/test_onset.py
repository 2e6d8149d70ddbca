"""When a share began to be another than before."""

from __future__ import annotations

import random

import pytest

from safedeploy.core.diagnose.onset import Counted, stretch

STEP = 10.0


def steps(*shares, rate=100, seed=1):
    """Steps with so many requests each, of which a share is bad by chance."""
    chance = random.Random(seed)
    return [
        Counted(start=number * STEP, all=rate, bad=sum(chance.random() < share for _ in range(rate)))
        for number, share in enumerate(shares)
    ]


def test_errors_that_began_are_found_where_they_began():
    found = stretch(steps(*[0.001] * 100, *[0.1] * 30), STEP)
    assert found.began == pytest.approx(1000, abs=STEP)
    assert found.ended is None
    assert found.share == pytest.approx(0.1, abs=0.02)


def test_errors_that_are_over_have_an_end():
    found = stretch(steps(*[0.0] * 50, *[0.2] * 20, *[0.0] * 50), STEP)
    assert (found.began, found.ended) == (500, 700)


def test_a_low_share_at_few_requests_is_found_within_a_minute():
    found = stretch(steps(*[0.0] * 300, *[0.05] * 6, rate=100), STEP)
    assert found.began >= 3000


@pytest.mark.parametrize("seed", range(200))
def test_chance_alone_is_no_trouble(seed):
    assert stretch(steps(*[0.02] * 120, rate=50, seed=seed), STEP) is None


@pytest.mark.parametrize("shares", [[], [0.0] * 20, [1.0] * 20])
def test_nothing_begins_where_all_is_the_same(shares):
    assert stretch(steps(*shares), STEP) is None


def test_many_steps_are_looked_at_coarsely():
    found = stretch(steps(*[0.0] * 3000, *[0.3] * 100, rate=10), STEP)
    assert found.began == pytest.approx(30_000, abs=130)
