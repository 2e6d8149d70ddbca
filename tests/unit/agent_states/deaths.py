"""Deaths in the middle of a program: where, and what goes with it."""

from __future__ import annotations

import dataclasses

from hypothesis import strategies as st

from tests.unit.agent_states.disk import WAYS

# About how many changes of the disk each program makes: a death is a share of it, so that most deaths happen.
CHANGES = {"activate": 80, "preflight": 47, "confirm": 12, "revert": 35, "dead-man": 30, "start": 35}
FEW = 9


@dataclasses.dataclass(frozen=True)
class Death:
    """The program dies after this share (of 100) of its changes; with `way`, the host loses its power with it."""

    share: int
    way: str | None
    seed: int


death = st.builds(Death, st.integers(0, 99), st.sampled_from([None, *WAYS]), st.integers(0, 999))
deaths = st.one_of(st.just([]), st.lists(death, min_size=1, max_size=3))
