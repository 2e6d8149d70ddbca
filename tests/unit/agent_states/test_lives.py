"""Whatever dies and whenever: a host is on the old release or on the new one, and its records say which."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.unit.agent_states.machine import Lives

LIVES = int(os.environ.get("SAFEDEPLOY_LIVES", "0"))  # so many, others each time; without it the same few
QUICK = (Phase.generate,)  # what fails is shown as it came: to shrink it takes minutes; SAFEDEPLOY_SHRINK=1 does


def test_a_host_keeps_its_promises_through_deaths_of_programs_and_losses_of_power():
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=LIVES or 150,
            stateful_step_count=30,
            derandomize=not LIVES,
            database=None,
            deadline=None,
            report_multiple_bugs=False,
            phases=tuple(Phase) if os.environ.get("SAFEDEPLOY_SHRINK") else QUICK,
            suppress_health_check=list(HealthCheck),
        ),
    )
