"""Which injections a run of the fault matrix makes."""

from __future__ import annotations

from tests.faults.choice import plan, spread
from tests.faults.faults import ANSWER, CONTROL, FAULTS, PLAYBOOK, REQUEST, TASK, WORK
from tests.faults.rendezvous import Row

KINDS = (REQUEST, WORK, ANSWER, PLAYBOOK, TASK, CONTROL)
ROWS = [Row(host="web1" if kind in (REQUEST, WORK, ANSWER) else "", point=f"{kind} {n}", kind=kind)
        for kind in KINDS for n in range(20)]  # fmt: skip


def test_every_column_gets_steps_of_every_kind_that_it_can_happen_at():
    chosen = plan(FAULTS, ROWS, ("web1", "web2"), each=8)
    for fault in FAULTS:
        assert {one.row.kind for one in chosen if one.fault is fault} == fault.at


def test_a_run_that_is_cut_short_has_tried_every_column():
    chosen = plan(FAULTS, ROWS, ("web1", "web2"), each=8)
    assert [one.fault for one in chosen[: len(FAULTS)]] == list(FAULTS)


def test_it_is_the_same_every_time_and_nothing_is_done_twice():
    names = [one.injection.name for one in plan(FAULTS, ROWS, ("web1", "web2"), each=8)]
    assert names == [one.injection.name for one in plan(FAULTS, ROWS, ("web1", "web2"), each=8)]
    assert len(set(names)) == len(names)


def test_steps_are_taken_at_even_distances_beginning_elsewhere_for_each_column():
    assert [ROWS.index(row) for row in spread(ROWS, 3, 0)] == [0, 40, 80]
    assert spread(ROWS, 3, 1) != spread(ROWS, 3, 0)
