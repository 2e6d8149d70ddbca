"""How unlikely so many are by chance. Pure."""

from __future__ import annotations

from math import exp, lgamma, log, log1p


def at_least(bad: int, every: int, share: float) -> float:
    """The probability of `bad` or more of `every` when each is bad with this probability (the binomial's upper tail).

    1 for what is no more than to be expected.
    """
    if bad <= 0:
        return 1.0
    if share <= 0.0 or bad > every:
        return 0.0
    if share >= 1.0 or bad <= every * share:
        return 1.0  # what is to be expected is no news, and the sum below would not reach that far
    log_share, log_rest = log(share), log1p(-share)
    top = lgamma(every + 1)
    term = exp(top - lgamma(bad + 1) - lgamma(every - bad + 1) + bad * log_share + (every - bad) * log_rest)
    total, number = term, bad
    ratio = share / (1.0 - share)
    while number < every:
        term *= ratio * (every - number) / (number + 1)
        number += 1
        total += term
        if term < total * 1e-12:
            break
    return min(1.0, total)
