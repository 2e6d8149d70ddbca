"""A small part of the faults in single commands of the on-host program (tests/faults/agent_bench.py), on real hosts."""

from __future__ import annotations

import shutil

import pytest

from tests.faults.agent_bench import AgentBench, Chosen
from tests.faults.agent_commands import COMMANDS
from tests.faults.agent_faults import FAULTS
from tests.faults.agent_run import outcomes
from tests.faults.fleet import FaultFleet

HIT = dict(
    zip((fault.column for fault in FAULTS), ("revert", "activate", "activate", "confirm", "activate"), strict=True)
)


@pytest.fixture(scope="module")
def bench(fleet, first_release):
    if not fleet.in_namespaces:
        pytest.skip(f"needs hosts in namespaces; here they are on loopback ports: {fleet.lab.state.reason}")
    if not shutil.which("strace"):
        pytest.skip("needs strace, which scripts/setup --dev installs")
    first_release()
    yield AgentBench.made(FaultFleet(fleet))
    fleet.restore("pushed")


def in_the_middle(bench, fault):
    """The fault at a step in the middle of the command that it hits here."""
    command = next(one for one in COMMANDS if one.name == HIT[fault.column])
    steps = [step for step in bench.steps_of(command) if fault.fits(step)]
    return Chosen(command=command, step=steps[len(steps) // 2], fault=fault)


def test_a_command_that_is_hit_at_any_step_leaves_the_old_or_the_new_release(bench):
    chosen = [in_the_middle(bench, fault) for fault in FAULTS]
    made = list(outcomes(bench.fleet, chosen, bench))
    assert len(made) == len(FAULTS)
    for outcome in made:
        assert outcome.reached, outcome
        assert outcome.violations == (), outcome
