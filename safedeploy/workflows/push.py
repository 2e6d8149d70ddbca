"""A push: plan, preflight on every host, rollout in batches, and the true end of every host.

Promises kept here: nothing live changes unless every host passed the preflight; what was planned is what is pushed; a
host that was changed ends confirmed, reverted or named as stranded, also when the run is interrupted.
"""

from __future__ import annotations

from collections.abc import Mapping

from safedeploy.core.acceptance import Acceptance
from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.core.hooks import Told
from safedeploy.core.outcome import End, HostEnd, exit_code
from safedeploy.core.traffic import traffic_from_json
from safedeploy.workflows.answers import read_traffic
from safedeploy.workflows.bundle import Terms, write_bundle
from safedeploy.workflows.desired import Desired
from safedeploy.workflows.events import Milestone
from safedeploy.workflows.hooks import Hooks
from safedeploy.workflows.interrupt import Interrupt
from safedeploy.workflows.laps import Laps
from safedeploy.workflows.lease_keeper import LeaseKeeper
from safedeploy.workflows.leases import held, release_leases
from safedeploy.workflows.planning import FleetPlan, masker_of
from safedeploy.workflows.plays import spared, taken
from safedeploy.workflows.preflight import Candidate, explain, require_pass, run_preflight
from safedeploy.workflows.provenance import provenance
from safedeploy.workflows.push_result import PushOptions, PushResult, RolledOut
from safedeploy.workflows.rollout import Course, roll_out
from safedeploy.workflows.room import find_room
from safedeploy.workflows.session import Session
from safedeploy.workflows.tell_ends import tell_ends


def push(session: Session, plan: FleetPlan, desired: Mapping[str, Desired], options: PushOptions) -> PushResult:
    """Carry out a plan that was agreed to. Raises SafedeployError when the preflight refuses."""
    acceptance = Acceptance(ids=options.accept, by=session.identity.actor, reason=options.reason)
    candidate = Candidate(plan=plan, desired=desired, acceptance=acceptance)
    acting = candidate.acting
    if not acting:
        spared(session)
        return _nothing(session, plan)
    laps = Laps()
    room = find_room(session, list(acting))
    hooks = _hooks(session, candidate, options)
    with Interrupt() as interrupt, taken(session, hold=options.hold) as plays:
        directory = plays.directory
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
            with LeaseKeeper(session, lambda: held(directory, list(acting))) as keeper:
                verdict = run_preflight(session, plays, candidate)
                laps.lap("preflight")
                options.on_preflight(verdict)
                require_pass(verdict, desired)
                hooks.before(interrupt, _as_they_were(plan))
                laps.lap("before_push")
                interrupt.only_note()
                _tell_start(session, candidate, options)
                course = Course(plays=plays, candidate=candidate, room=room, hold=options.hold)
                ends, trouble = roll_out(session, course, keeper, interrupt, laps)
            traffic = traffic_from_json(read_traffic(directory, acting), masker_of(desired).text)
        except (SafedeployError, KeyboardInterrupt):
            if hooks.runs:
                options.on_stopped(tuple(hooks.runs))
            raise
        finally:
            with interrupt.shield():
                release_leases(session, directory, list(acting))
        everything = _as_they_were(plan) | ends
        tell_ends(session, ends.values())
        private = {host: item.tree.secret_paths for host, item in desired.items()}
        session.rolled_out = RolledOut(plan=plan, ends=everything, private=private)
        interrupted = interrupt.requested
        code = exit_code(everything, interrupted=interrupted)
        hooks.after(interrupt, everything, code)
        if code is ExitCode.OK and hooks.failed_after:
            code = ExitCode.HOOK_FAILED
        laps.lap("after_push")
    return PushResult(
        run=session.identity.run,
        environment=plan.environment,
        release=plan.release,
        ends=everything,
        code=code,
        interrupted=interrupted,
        trouble=trouble,
        preflight=verdict,
        seconds=laps.seconds,
        acceptance=acceptance,
        traffic=traffic,
        causes={host: explain(session, candidate, host, end.verdicts) for host, end in ends.items() if end.verdicts},
        hooks=tuple(hooks.runs),
    )


def _tell_start(session: Session, candidate: Candidate, options: PushOptions) -> None:
    data = {
        "verb": options.verb,
        "release": candidate.plan.release,
        "hosts": list(candidate.acting),
        "reason": options.reason,
    }
    session.events.milestone(Milestone.ROLLOUT_STARTED, data)


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


def _nothing(session: Session, plan: FleetPlan) -> PushResult:
    return PushResult(
        run=session.identity.run,
        environment=plan.environment,
        release=plan.release,
        ends=_as_they_were(plan),
        code=ExitCode.OK,
    )
