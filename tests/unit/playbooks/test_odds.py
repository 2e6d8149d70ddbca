"""Fisher's exact test against sums of whole numbers."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from safedeploy_control import odds


def exactly(errors, requests, other_errors, other_requests):
    """The same probability by whole numbers, without a single rounding before the last division."""
    together = errors + other_errors
    tables = sum(
        math.comb(requests, number) * math.comb(other_requests, together - number)
        for number in range(errors, min(together, requests) + 1)
        if together - number <= other_requests
    )
    return tables / math.comb(requests + other_requests, together)


@st.composite
def groups(draw):
    first, second = draw(st.integers(1, 400)), draw(st.integers(1, 400))
    return draw(st.integers(0, first)), first, draw(st.integers(0, second)), second


@given(groups())
def test_it_is_the_sum_of_all_tables_that_are_as_extreme(group):
    errors, requests, other_errors, other_requests = group
    found = odds.greater(*group)
    if errors * other_requests <= other_errors * requests:
        assert found == 1.0
    else:
        assert found == pytest.approx(exactly(*group), rel=1e-9)


def test_the_tea_lady_is_right_by_chance_once_in_seventy_times():
    assert odds.greater(4, 4, 0, 4) == pytest.approx(1 / 70)


def test_an_empty_group_proves_nothing():
    assert odds.greater(5, 5, 0, 0) == 1.0
    assert odds.greater(0, 0, 0, 5) == 1.0


def test_millions_of_requests_are_no_trouble():
    assert odds.greater(60_000, 1_000_000, 500_000, 10_000_000) < 1e-100
    assert 0.01 < odds.greater(50_300, 1_000_000, 500_000, 10_000_000) < 0.2


def test_more_errors_than_requests_are_refused():
    with pytest.raises(ValueError, match="more errors than requests"):
        odds.greater(5, 4, 0, 4)
