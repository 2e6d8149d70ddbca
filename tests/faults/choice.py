"""Which injections a run makes: a fault for each column at steps that were recorded. Pure, and the same every time.

Every column gets steps of every kind that it is meaningful at, spread evenly over the run, and each column begins at
another step, so that together they cover the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from tests.faults.faults import WORK, Fault
from tests.faults.records import Injection
from tests.faults.rendezvous import Row


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """One injection to be made; `target` is the host concerned, also when the step is the control machine's."""

    fault: Fault
    row: Row
    target: str

    @property
    def injection(self) -> Injection:
        """Its name for the record."""
        return Injection(
            part="run",
            column=self.fault.column,
            kind=self.row.kind,
            row=f"{self.row.host or 'control'}: {self.row.point}",
            host=self.target,
        )


def plan(faults: Sequence[Fault], rows: Sequence[Row], hosts: Sequence[str], each: int) -> list[Chosen]:
    """`each` injections for every column, fewer where there are fewer steps; one of each column, then another of each.

    So a run that is cut short has tried everything a little.
    """
    columns = [_column(fault, rows, hosts, each=each, number=number) for number, fault in enumerate(faults)]
    return _in_turn([_in_turn(_by_kind(column)) for column in columns])


def _by_kind(column: list[Chosen]) -> list[list[Chosen]]:
    kinds = dict.fromkeys(one.row.kind for one in column)
    return [[one for one in column if one.row.kind == kind] for kind in kinds]


def _in_turn(lists: Sequence[Sequence[Chosen]]) -> list[Chosen]:
    return [one for turn in zip_longest(*lists) for one in turn if one is not None]


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
