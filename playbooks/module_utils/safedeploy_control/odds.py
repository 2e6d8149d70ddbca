"""Fisher's exact test, one-sided: how likely chance alone makes one share this much greater than another. Pure.

Source: R. A. Fisher, Statistical Methods for Research Workers, section 21.02: with both margins of the table given, the
number of errors in the first group is hypergeometric, whatever the common error rate is. Nothing is approximated, so it
holds for ten requests as for ten million.
"""

from __future__ import annotations

from math import exp, lgamma

_ENOUGH = 1e-17


def greater(errors: int, requests: int, other_errors: int, other_requests: int) -> float:
    """The chance of at least `errors` among `requests`, if both groups had the same error rate.

    1.0 where the first share is not the greater one, or where a group is empty.
    """
    if not 0 <= errors <= requests or not 0 <= other_errors <= other_requests:
        raise ValueError("there cannot be more errors than requests, nor fewer than none")
    if errors * other_requests <= other_errors * requests:
        return 1.0
    together = errors + other_errors
    term = exp(
        _chosen(requests, errors) + _chosen(other_requests, other_errors) - _chosen(requests + other_requests, together)
    )
    total, number = term, errors
    # Each following table from the one before: no logarithm is needed any more.
    while number < min(together, requests) and term > total * _ENOUGH:
        term *= (requests - number) * (together - number)
        number += 1
        term /= number * (other_requests - together + number)
        total += term
    return min(1.0, total)


def _chosen(of: int, some: int) -> float:
    """The logarithm of the number of ways to choose `some` of `of`."""
    return lgamma(of + 1) - lgamma(some + 1) - lgamma(of - some + 1)
