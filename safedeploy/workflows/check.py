"""A check: all that a push does before it changes anything."""

from __future__ import annotations

from collections.abc import Mapping

from safedeploy.core.acceptance import Acceptance
from safedeploy.core.preflight import Preflight
from safedeploy.workflows.bundle import Terms, write_bundle
from safedeploy.workflows.desired import Desired
from safedeploy.workflows.interrupt import Interrupt
from safedeploy.workflows.planning import FleetPlan
from safedeploy.workflows.plays import spared, taken
from safedeploy.workflows.preflight import Candidate, check_and_release
from safedeploy.workflows.provenance import provenance
from safedeploy.workflows.session import Session


def check(
    session: Session, plan: FleetPlan, desired: Mapping[str, Desired], accept: tuple[str, ...] = ()
) -> Preflight | None:
    """The preflight of every host that a push would act on; None when there is no such host."""
    acceptance = Acceptance(ids=accept, by=session.identity.actor, reason="check")
    candidate = Candidate(plan=plan, desired=desired, acceptance=acceptance)
    if not candidate.acting:
        spared(session)
        return None
    with Interrupt(), taken(session, rolls_out=False) as plays:
        write_bundle(
            session,
            plays.directory,
            desired=desired,
            plans=candidate.acting,
            provenance=provenance(session),
            terms=Terms(acceptance=acceptance, allow_restart=True),
        )
        return check_and_release(session, plays, candidate)
