"""Which injections a run makes: a fault for each column at steps that were recorded. Pure, and the same every time.

Every column gets steps of every kind that it is meaningful at, spread evenly over the run, and each column begins at
another step, so that together they cover the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.faults.faults import WORK, Fault
from tests.faults.rendezvous import Row


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """One injection to be made; `target` is the host concerned, also when the step is the control machine's."""

    fault: Fault
    row: Row
    target: str


def plan(faults: Sequence[Fault], rows: Sequence[Row], hosts: Sequence[str], each: int) -> list[Chosen]:
    """`each` injections for every column, fewer where there are fewer steps."""
    return [one for number, fault in enumerate(faults) for one in _column(fault, rows, hosts, each=each, number=number)]


def _column(fault: Fault, rows: Sequence[Row], hosts: Sequence[str], *, each: int, number: int) -> list[Chosen]:
    found: list[Chosen] = []
    kinds = [kind for kind in dict.fromkeys(row.kind for row in rows) if kind in fault.at]
    share = {kind: max(1, each * (2 if kind == WORK else 1) // (len(kinds) + (WORK in kinds))) for kind in kinds}
    for kind in kinds:
        own = [row for row in rows if row.kind == kind]
        found += [_chosen(fault, row, hosts, turn) for turn, row in enumerate(spread(own, share[kind], number))]
    return found


def _chosen(fault: Fault, row: Row, hosts: Sequence[str], turn: int) -> Chosen:
    named = [host for host in hosts if row.point.endswith(f": {host}") or f": {host}#" in row.point]
    return Chosen(fault=fault, row=row, target=row.host or (named or [hosts[turn % len(hosts)]])[0])


def spread(rows: Sequence[Row], count: int, offset: int) -> list[Row]:
    """`count` of the rows at even distances, beginning somewhere else for each offset."""
    if count >= len(rows):
        return list(rows)
    step = len(rows) / count
    first = (offset * 0.618034) % 1.0 * step
    return [rows[int(first + turn * step) % len(rows)] for turn in range(count)]
