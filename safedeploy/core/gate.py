"""The error-rate gate between a batch's activation and its confirmation: its settings, and when it looks. Pure.

The verdict itself is reached where the playbooks run (playbooks/module_utils/safedeploy_control/verdict.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

_LOOKS = 4  # at most, within the bake, and again within the wait
_APART = 5  # seconds between two looks, at least


class Reaction(StrEnum):
    """What a rise of errors or of latency does."""

    STOP = "stop"
    WARN = "warn"
    OFF = "off"


class Signatures(StrEnum):
    """What new kinds of messages in the error log do."""

    STOP = "stop"
    SHOW = "show"
    OFF = "off"


class TooLittle(StrEnum):
    """What becomes of a batch with too little traffic to judge."""

    GO = "go"
    WAIT = "wait"
    ASK = "ask"


@dataclass(frozen=True, kw_only=True)
class Gate:
    """The keys of `rollout.gate`. Durations are in seconds; `alpha` and `min_increase` are shares of 1."""

    errors: Reaction = Reaction.STOP
    latency: Reaction = Reaction.WARN
    signatures: Signatures = Signatures.SHOW
    too_little: TooLittle = TooLittle.GO
    wait: int = 30
    before: int = 600
    min_requests: int = 100
    min_increase: float = 0.01
    alpha: float = 0.01

    @property
    def watches(self) -> bool:
        """Whether there is anything that it looks at."""
        return {self.errors.value, self.latency.value, self.signatures.value} != {"off"}

    @property
    def longest_wait(self) -> int:
        """Seconds that a batch may be kept beyond its bake."""
        return self.wait if self.watches and self.too_little is TooLittle.WAIT else 0


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look at the traffic, after a pause of so many seconds.

    `level` is how likely chance alone may stop a batch in this look. In the bake a `go` only means that the bake goes
    on; `decides` is true of the look at its end and of those after it. The `last` one does not wait any longer.
    """

    pause: int
    level: float
    decides: bool
    last: bool

    def to_json(self) -> Mapping[str, Any]:
        """As the bundle has it."""
        return {"pause": self.pause, "level": self.level, "decides": self.decides, "last": self.last}


def looks(gate: Gate, bake: int) -> tuple[Look, ...]:
    """When the gate looks at a batch; empty when it never does: it is off, or nobody waits for traffic.

    Half of `alpha` is for the look at the end of the bake, and the others share the rest evenly, so that all looks
    together stop a good batch by chance with a probability of `alpha` at most (union bound).
    """
    if not gate.watches or (bake == 0 and gate.too_little is TooLittle.GO):
        return ()
    baking = _pauses(bake) or [0]
    waiting = _pauses(gate.longest_wait)
    number = len(baking) + len(waiting)
    share = gate.alpha / 2 / (number - 1) if number > 1 else 0.0
    found = []
    for index, pause in enumerate([*baking, *waiting]):
        at_end = index == len(baking) - 1
        level = gate.alpha if number == 1 else gate.alpha / 2 if at_end else share
        found.append(Look(pause=pause, level=level, decides=index >= len(baking) - 1, last=index == number - 1))
    return tuple(found)


def _pauses(seconds: int) -> list[int]:
    """Whole seconds that add up to all of them, as even as can be."""
    if seconds <= 0:
        return []
    number = min(_LOOKS, max(1, seconds // _APART))
    ends = [seconds * step // number for step in range(number + 1)]
    return [end - start for start, end in pairwise(ends)]
