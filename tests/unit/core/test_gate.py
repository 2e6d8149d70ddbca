"""When the error-rate gate looks, and how likely chance may stop a batch there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safedeploy.core.gate import Gate, Reaction, Signatures, TooLittle, looks

WAITS = Gate(too_little=TooLittle.WAIT, wait=20)
OFF = Gate(errors=Reaction.OFF, latency=Reaction.OFF, signatures=Signatures.OFF, too_little=TooLittle.WAIT)


@given(st.integers(0, 3600), st.integers(1, 3600), st.sampled_from(TooLittle), st.floats(0.0001, 0.2))
def test_all_looks_together_keep_to_alpha(bake, wait, too_little, alpha):
    found = looks(Gate(too_little=too_little, wait=wait, alpha=alpha), bake)
    assert sum(look.level for look in found) <= alpha * (1 + 1e-9)


@given(st.integers(0, 3600), st.integers(1, 3600))
def test_the_pauses_add_up_to_bake_and_wait(bake, wait):
    found = looks(Gate(too_little=TooLittle.WAIT, wait=wait), bake)
    assert sum(look.pause for look in found) == bake + wait


@given(st.integers(1, 3600))
def test_the_look_at_the_end_of_the_bake_decides_and_is_the_last(bake):
    found = looks(Gate(), bake)
    assert [look.decides for look in found] == [look.last for look in found] == [False] * (len(found) - 1) + [True]


def test_after_the_bake_every_look_of_the_wait_may_end_it():
    found = looks(WAITS, 10)
    assert [(look.pause, look.decides, look.last) for look in found] == [
        (5, False, False),
        (5, True, False),
        *[(5, True, False)] * 3,
        (5, True, True),
    ]


def test_a_short_bake_is_looked_at_once_with_all_of_alpha():
    (look,) = looks(Gate(alpha=0.02), 4)
    assert (look.pause, look.level) == (4, 0.02)


def test_without_a_bake_and_without_waiting_nobody_looks():
    assert looks(Gate(), 0) == ()


def test_without_a_bake_a_person_may_still_be_asked():
    (look,) = looks(Gate(too_little=TooLittle.ASK), 0)
    assert (look.pause, look.decides, look.last) == (0, True, True)


@pytest.mark.parametrize("bake", [0, 30])
def test_a_gate_that_watches_nothing_does_not_look(bake):
    assert looks(OFF, bake) == ()
    assert OFF.longest_wait == 0
