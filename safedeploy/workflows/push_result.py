"""What a person may say at a push, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from safedeploy.core.acceptance import Acceptance
from safedeploy.core.blame import Cause
from safedeploy.core.errors import ExitCode
from safedeploy.core.hooks import HookRun
from safedeploy.core.outcome import HostEnd
from safedeploy.core.preflight import Preflight
from safedeploy.core.traffic import BatchTraffic
from safedeploy.workflows.planning import FleetPlan


@dataclass(frozen=True, kw_only=True)
class PushResult:
    """How a push ended. `seconds` is wall time per phase; `trouble` is what broke on the control machine itself.

    `traffic` is what the error-rate gate found on each batch.
    `causes` are, by host, what is likely behind the worse answers of a server that reverted for them.
    """

    run: str
    environment: str
    release: str
    ends: Mapping[str, HostEnd]
    code: ExitCode
    interrupted: bool = False
    trouble: str | None = None
    preflight: Preflight = field(default_factory=Preflight)
    seconds: Mapping[str, float] = field(default_factory=dict)
    acceptance: Acceptance = field(default_factory=Acceptance)
    causes: Mapping[str, tuple[Cause, ...]] = field(default_factory=dict)
    hooks: tuple[HookRun, ...] = ()
    traffic: tuple[BatchTraffic, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RolledOut:
    """What a rollout has done, for those who record it: the plan, every end, and each host's wholly secret paths."""

    plan: FleetPlan
    ends: Mapping[str, HostEnd]
    private: Mapping[str, frozenset[str]]


@dataclass(frozen=True, kw_only=True)
class PushOptions:
    """What a person may say at the push. `accept` are ids of regressions, or "all".

    `verb` is the command that it is for: push, rollback, or fix (`drift --fix`).
    `hold`: stop when the canary serves the release, and leave it for a person.
    `attended`: a person is there, who can be asked when there is too little traffic to judge a batch.
    `on_preflight` hears the verdict before anything is changed, and also when the push stops there.
    `on_stopped` hears of the hooks of a push that one of them stopped.
    """

    verb: str = "push"
    reason: str = ""
    allow_restart: bool = False
    accept: tuple[str, ...] = ()
    hold: bool = False
    attended: bool = False
    on_preflight: Callable[[Preflight], None] = lambda _verdict: None
    on_stopped: Callable[[tuple[HookRun, ...]], None] = lambda _runs: None
