"""Synthetic days of a site, tick by tick, each from its seed."""

from __future__ import annotations

import math
import random

from safedeploy.core.watch.detector import Counts

TICK = 10.0
TICKS = 8640
KINDS = ("quiet", "rhythm", "flash-crowd", "noisy-client", "busy")
USUAL = 0.002


def poisson(chance: random.Random, mean: float) -> int:
    """A number of events whose mean is known."""
    if mean > 30:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    limit, number, product = math.exp(-mean), 0, chance.random()
    while product > limit:
        number += 1
        product *= chance.random()
    return number


def tick(chance: random.Random, rate: float, share: float, burst: int = 0, *, clients: int = 5) -> Counts:
    """Ten seconds at so many requests a second, of which a share fails; `burst` are failures of one client more."""
    requests = poisson(chance, rate * TICK)
    errors = min(requests, poisson(chance, requests * share))
    failed = [(chance.getrandbits(40), 1) for _ in range(errors)]
    if burst:
        failed.append((7, burst))
    return Counts(
        requests=requests + burst,
        errors=errors + burst,
        slow=min(requests, poisson(chance, requests * 0.02)),
        failed=tuple(failed),
        clients=tuple(chance.getrandbits(40) for _ in range(min(clients, requests))),
    )


def day(kind: str, seed: int):
    """The ticks of a day without any trouble that should wake somebody."""
    chance = random.Random(f"{kind} {seed}")
    for number in range(TICKS):
        rate = 0.3 if kind == "quiet" else 20.0
        if kind in ("rhythm", "flash-crowd", "noisy-client"):
            rate *= 0.15 + 0.85 * max(0.0, math.sin((number / 360 - 6) / 24 * 2 * math.pi))
        if kind == "flash-crowd" and 3600 < number < 4300:
            rate *= 10
        burst = chance.randint(5, 60) if chance.random() < 0.0008 else 0  # somebody who reloads a broken page
        if kind == "noisy-client" and 2000 < number < 5000:
            burst = chance.randint(5, 50)
        yield tick(chance, rate, USUAL, burst)
