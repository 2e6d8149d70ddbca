"""A push: plan, preflight on every host, rollout in batches, and the true end of every host.

Promises kept here: nothing live changes unless every host passed the preflight; what was planned is what is pushed; a
host that was changed ends confirmed, reverted or named as stranded, also when the run is interrupted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from safedeploy.core import counted
from safedeploy.core.acceptance import Acceptance
from safedeploy.core.blame import Cause
from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.core.gate import looks
from safedeploy.core.hooks import HookRun, Told
from safedeploy.core.outcome import End, HostEnd, canary, exit_code
from safedeploy.core.preflight import Preflight
from safedeploy.core.room import Room, cut
from safedeploy.core.room import explain as explain_batches
from safedeploy.core.traffic import BatchTraffic, traffic_from_json
from safedeploy.workflows.bundle import Terms, held_hosts, read_traffic, write_bundle
from safedeploy.workflows.desired import Desired
from safedeploy.workflows.events import Phase
from safedeploy.workflows.hooks import Hooks
from safedeploy.workflows.interrupt import Interrupt
from safedeploy.workflows.lease_keeper import LeaseKeeper
from safedeploy.workflows.leases import held, release_leases
from safedeploy.workflows.planning import FleetPlan, masker_of
from safedeploy.workflows.playbook import run_playbook
from safedeploy.workflows.preflight import Candidate, explain, require_pass, run_preflight
from safedeploy.workflows.private_directory import private_directory
from safedeploy.workflows.provenance import provenance
from safedeploy.workflows.room import find_room
from safedeploy.workflows.session import Session
from safedeploy.workflows.settle import Rollout, settle


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
class PushOptions:
    """What a person may say at the push. `accept` are ids of regressions, or "all".

    `verb` is the command that it is for: push or rollback.
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


def push(session: Session, plan: FleetPlan, desired: Mapping[str, Desired], options: PushOptions) -> PushResult:
    """Carry out a plan that was agreed to. Raises SafedeployError when the preflight refuses."""
    acceptance = Acceptance(ids=options.accept, by=session.identity.actor, reason=options.reason)
    candidate = Candidate(plan=plan, desired=desired, acceptance=acceptance)
    acting = candidate.acting
    if not acting:
        return _nothing(session, plan)
    clock = _Clock()
    room = find_room(session, list(acting))
    hooks = _hooks(session, candidate, options)
    with Interrupt() as interrupt, private_directory() as directory:
        write_bundle(
            session,
            directory,
            desired=desired,
            plans=acting,
            provenance=provenance(session),
            terms=Terms(
                acceptance=acceptance, room=room, allow_restart=options.allow_restart, attended=options.attended
            ),
        )
        try:
            verdict = run_preflight(session, directory, candidate)
            clock.lap("preflight")
            options.on_preflight(verdict)
            require_pass(verdict, desired)
            with LeaseKeeper(session, lambda: held(directory, list(acting))):
                hooks.before(interrupt, _as_they_were(plan))
            clock.lap("before_push")
            interrupt.only_note()
            ends, trouble = _roll_out(session, directory, candidate, interrupt, clock, room=room, hold=options.hold)
            traffic = traffic_from_json(read_traffic(directory, acting), masker_of(desired).text)
        except SafedeployError:
            if hooks.runs:
                options.on_stopped(tuple(hooks.runs))
            raise
        finally:
            with interrupt.shield():
                release_leases(session, directory, list(acting))
        everything = _as_they_were(plan) | ends
        interrupted = interrupt.requested
        code = exit_code(everything, interrupted=interrupted)
        hooks.after(interrupt, everything, code)
        if code is ExitCode.OK and hooks.failed_after:
            code = ExitCode.HOOK_FAILED
        clock.lap("after_push")
    return PushResult(
        run=session.identity.run,
        environment=plan.environment,
        release=plan.release,
        ends=everything,
        code=code,
        interrupted=interrupted,
        trouble=trouble,
        preflight=verdict,
        seconds=clock.laps,
        acceptance=acceptance,
        traffic=traffic,
        causes={host: explain(session, candidate, host, end.verdicts) for host, end in ends.items() if end.verdicts},
        hooks=tuple(hooks.runs),
    )


def _hooks(session: Session, candidate: Candidate, options: PushOptions) -> Hooks:
    told = Told(
        verb=options.verb,
        environment=candidate.plan.environment,
        run=session.identity.run,
        release=candidate.plan.release,
        hosts=tuple(candidate.acting),
    )
    return Hooks(session, told, masker_of(candidate.desired).text)


def _as_they_were(plan: FleetPlan) -> dict[str, HostEnd]:
    return {
        host: HostEnd(
            host=host,
            end=End.UNTOUCHED if item.verdict.acts else End.UNCHANGED,
            why="the run stopped before this host" if item.verdict.acts else item.reason,
            release=item.current,
        )
        for host, item in plan.hosts.items()
    }


def _roll_out(
    session: Session,
    directory: Path,
    candidate: Candidate,
    interrupt: Interrupt,
    clock: _Clock,
    *,
    room: Room | None,
    hold: bool,
) -> tuple[dict[str, HostEnd], str | None]:
    """Every host's end, and what went wrong on the control machine itself, if anything did."""
    acting = candidate.acting
    wanted = session.policy.rollout.batches
    batches = list(cut(wanted, list(acting), room))
    now = canary(list(acting), batches) if hold else tuple(acting)
    sizes = "held after the canary" if hold else explain_batches(wanted, tuple(batches), room)
    rollout_policy = session.policy.rollout
    if rollout_policy.gate.watches and not looks(rollout_policy.gate, rollout_policy.bake):
        sizes += "; no traffic is judged, for nothing bakes (bake: 0)"
    session.events.phase(Phase.ROLLOUT, f"{counted.hosts(len(now))}, {sizes}")
    trouble: str | None = None
    keeper = LeaseKeeper(session, lambda: held(directory, list(acting)))
    try:
        with keeper:
            run_playbook(
                session,
                "rollout.yml",
                directory,
                list(now),
                phase=Phase.ROLLOUT,
                extra={"safedeploy_batches": [len(now)] if hold else batches, "safedeploy_hold": hold},
                cancelled=lambda: interrupt.requested or keeper.lost is not None,
            )
        trouble = f"the lease was lost ({keeper.lost})" if keeper.lost else None
    except Exception as error:  # noqa: BLE001 - whatever breaks here, the hosts must be settled
        trouble = f"{type(error).__name__}: {error}"
    clock.lap("rollout")
    rollout = Rollout(
        directory=directory,
        plans=acting,
        interrupted=interrupt.requested,
        hide=masker_of(candidate.desired).text,
        canary=now if hold else held_hosts(directory, now),
    )
    ends = settle(session, rollout)
    clock.lap("settle")
    return ends, trouble


def _nothing(session: Session, plan: FleetPlan) -> PushResult:
    return PushResult(
        run=session.identity.run,
        environment=plan.environment,
        release=plan.release,
        ends=_as_they_were(plan),
        code=ExitCode.OK,
    )


class _Clock:
    """Wall time of each phase, in seconds."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._since = datetime.now(UTC)

    def lap(self, name: str) -> None:
        now = datetime.now(UTC)
        self.laps[name] = (now - self._since).total_seconds()
        self._since = now
