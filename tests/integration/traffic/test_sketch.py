"""Sketches of clients that hosts make, put together on the control machine."""

from __future__ import annotations

import random

import pytest
from safedeploy_host.traffic.sketch import K, Sketch

from safedeploy.core.log_window import Clients, together


def clients(*texts, salt=b""):
    found = Sketch(salt)
    for text in texts:
        found.add(text)
    value = found.to_json()
    return Clients(hashes=tuple(value["hashes"]), exact=value["exact"])


def test_clients_of_two_hosts_are_counted_once():
    both = together([clients("a", "b"), clients("b", "c")])
    assert (both.number, both.exact) == (3, True)


@pytest.mark.parametrize("many", [K, K + 1, 20_000, 200_000])
def test_many_clients_are_estimated_well(many):
    found = clients(*(f"client {n}" for n in range(many)))
    assert abs(found.number - many) <= 0.1 * many
    assert found.exact == (many <= K)


def test_estimates_of_several_hosts_can_be_put_together():
    every = [f"client {n}" for n in range(30_000)]
    halves = [clients(*random.Random(seed).sample(every, 15_000)) for seed in (1, 2)]
    real = len(set(random.Random(1).sample(every, 15_000)) | set(random.Random(2).sample(every, 15_000)))
    assert abs(together(halves).number - real) <= 0.1 * real
