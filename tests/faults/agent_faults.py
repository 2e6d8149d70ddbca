"""What is done to one command of the on-host program, at one of its steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from safedeploy.lab import Lab
from tests.faults.syscalls import CHANGE, DATA, GROWS, NAMES, SYNC, Step, failing_from, killed_at


def _nothing(_lab: Lab, _host: str) -> None:
    """Most faults are over when the command is."""


def power_lost(lab: Lab, host: str) -> None:
    """The whole host goes down, and comes up as it always does."""
    lab.power_off(host)
    lab.boot(host)


@dataclass(frozen=True, kw_only=True)
class AgentFault:
    """One column. `seldom`: only every so many-th step gets it, for it is slow."""

    column: str
    words: Callable[[Step], list[str]]
    fits: Callable[[Step], bool]
    then: Callable[[Lab, str], None] = _nothing
    kills: bool = False
    seldom: int = 1


def _change(step: Step) -> bool:
    return step.kind == CHANGE


FAULTS = (
    AgentFault(column="SIGKILL of the agent at a call", words=killed_at, fits=lambda _: True, kills=True),
    AgentFault(
        column="disk full from a call on",
        words=lambda step: failing_from(step, "ENOSPC", GROWS),
        fits=lambda step: step.name in ("openat", *GROWS) and step.kind == CHANGE,
    ),
    AgentFault(
        column="file system read-only from a call on",
        words=lambda step: failing_from(step, "EROFS", NAMES),
        fits=lambda step: step.name in ("openat", *NAMES) and step.kind == CHANGE,
    ),
    AgentFault(
        column="disk errors from a call on",
        words=lambda step: failing_from(step, "EIO", (*DATA, *SYNC)),
        fits=lambda step: step.name in (*DATA, *SYNC) and step.kind == CHANGE,
    ),
    AgentFault(
        column="host loses power at a call", words=killed_at, fits=_change, then=power_lost, kills=True, seldom=6
    ),
)
