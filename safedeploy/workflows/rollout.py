"""The rollout: rollout.yml in batches, ended when a lease is lost, and then the true end of every host."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from safedeploy.adapters.runner import RunResult
from safedeploy.core import counted
from safedeploy.core.gate import looks
from safedeploy.core.outcome import HostEnd, canary
from safedeploy.core.room import Room, cut, explain
from safedeploy.workflows.answers import held_hosts, read_answers
from safedeploy.workflows.events import Phase
from safedeploy.workflows.interrupt import Interrupt
from safedeploy.workflows.laps import Laps
from safedeploy.workflows.lease_keeper import LeaseKeeper
from safedeploy.workflows.planning import masker_of
from safedeploy.workflows.playbook import last_words
from safedeploy.workflows.plays import Plays
from safedeploy.workflows.preflight import Candidate
from safedeploy.workflows.session import Session
from safedeploy.workflows.settle import Rollout, settle


@dataclass(frozen=True, kw_only=True)
class Course:
    """One rollout: its plays, what is rolled out, what room there is for hosts out of service, where it is held."""

    plays: Plays
    candidate: Candidate
    room: Room | None = None
    hold: bool = False


def roll_out(
    session: Session, course: Course, keeper: LeaseKeeper, interrupt: Interrupt, laps: Laps
) -> tuple[dict[str, HostEnd], str | None]:
    """Every host's end, and what went wrong on the control machine itself, if anything did. `keeper` is at work."""
    directory, candidate = course.plays.directory, course.candidate
    acting = list(candidate.acting)
    policy = session.policy.rollout
    batches = list(cut(policy.batches, acting, course.room))
    now = canary(acting, batches) if course.hold else tuple(acting)
    sizes = "held after the canary" if course.hold else explain(policy.batches, tuple(batches), course.room)
    if policy.gate.watches and not looks(policy.gate, policy.bake):
        sizes += "; no traffic is judged, for nothing bakes (bake: 0)"
    session.events.phase(Phase.ROLLOUT, f"{counted.hosts(len(now))}, {sizes}")
    trouble: str | None = None
    try:
        result = course.plays.rollout(
            now,
            (len(now),) if course.hold else tuple(batches),
            hold=course.hold,
            cancelled=lambda: interrupt.requested or keeper.lost is not None,
        )
        trouble = f"the lease was lost ({keeper.lost})" if keeper.lost else _gave_up(directory, acting, result)
    except Exception as error:  # noqa: BLE001 - whatever breaks here, the hosts must be settled
        trouble = f"{type(error).__name__}: {error}"
    laps.lap("rollout")
    rollout = Rollout(
        directory=directory,
        plans=candidate.acting,
        interrupted=interrupt.requested,
        cut_short=interrupt.requested or trouble is not None,
        hide=masker_of(candidate.desired).text,
        canary=now if course.hold else held_hosts(directory, now),
    )
    ends = settle(session, rollout)
    laps.lap("settle")
    return ends, trouble


def _gave_up(directory: Path, hosts: list[str], result: RunResult) -> str | None:
    """Ansible's own last words, when it ended for a reason that is no host's: a module that it does not have, say."""
    if result.rc == 0 or result.status == "canceled":
        return None
    if any(read_answers(directory, host).seen for host in hosts):
        return None
    return last_words(result)
