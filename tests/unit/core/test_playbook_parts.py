"""Parts of the playbooks are left out only where they have nothing to do, and their names are those there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from safedeploy.core.gate import Gate, Reaction, Signatures, TooLittle
from safedeploy.core.playbook_parts import (
    APART,
    AT_ONCE,
    BAKE,
    EARLY_CHECK,
    HOLD,
    LEASE_FIRST,
    SERVICE,
    TRAFFIC,
    unused,
)

PLAYBOOKS = Path(__file__).resolve().parents[3] / "playbooks"
PREFLIGHT, ROLLOUT = PLAYBOOKS / "preflight.yml", PLAYBOOKS / "rollout.yml"
OFF = Gate(errors=Reaction.OFF, latency=Reaction.OFF, signatures=Signatures.OFF)


def tagged(tasks: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Each task with a tag, and its condition."""
    found = []
    for task in tasks:
        if "tags" in task:
            condition = task.get("when", task.get("loop"))
            found.append((task["tags"], " and ".join(condition) if isinstance(condition, list) else str(condition)))
        for part in ("block", "rescue"):
            found += tagged(task.get(part, []))
    return found


@pytest.fixture(scope="module")
def parts() -> list[tuple[str, str]]:
    return tagged(yaml.safe_load(ROLLOUT.read_text())[0]["tasks"])


def test_without_a_bake_a_balancer_and_a_person_only_the_change_itself_is_left():
    assert set(unused(OFF, bake=0, drains=False, hold=False, together=False)) == {
        APART,
        BAKE,
        EARLY_CHECK,
        HOLD,
        SERVICE,
        TRAFFIC,
    }


def test_a_bake_that_nobody_watches_needs_no_traffic():
    assert set(unused(OFF, bake=5, drains=False, hold=False, together=False)) == {AT_ONCE, HOLD, SERVICE, TRAFFIC}


def test_a_watched_bake_may_end_with_a_question_to_a_person():
    assert unused(Gate(too_little=TooLittle.ASK), bake=5, drains=False, hold=False, together=False) == (
        AT_ONCE,
        BAKE,
        SERVICE,
    )


def test_traffic_that_is_waited_for_without_a_bake_is_checked_again_afterwards():
    assert unused(Gate(too_little=TooLittle.WAIT), bake=0, drains=False, hold=False, together=False) == (
        AT_ONCE,
        BAKE,
        SERVICE,
    )


def test_a_canary_is_held_and_hosts_are_drained():
    assert unused(OFF, bake=0, drains=True, hold=True, together=False) == (AT_ONCE, BAKE, TRAFFIC)


@pytest.mark.parametrize(
    ("tag", "word"),
    [
        (APART, "safedeploy_apart"),
        (AT_ONCE, "not safedeploy_apart"),
        (BAKE, "safedeploy_run.policy.bake > 0"),
        (EARLY_CHECK, "safedeploy_run.policy.bake > 0"),
        (EARLY_CHECK, "safedeploy_looks"),
        (EARLY_CHECK, "safedeploy_drains"),
        (HOLD, "safedeploy_held or safedeploy_asked"),
        (SERVICE, "safedeploy_drains"),
        (TRAFFIC, "safedeploy_looks"),
    ],
)
def test_every_task_that_can_be_left_out_has_the_condition_for_it_too(parts, tag, word):
    conditions = [condition for name, condition in parts if name == tag]
    assert conditions
    assert all(word in condition for condition in conditions), conditions


def test_the_playbook_has_no_other_tags(parts):
    assert {name for name, _ in parts} == {APART, AT_ONCE, BAKE, EARLY_CHECK, HOLD, SERVICE, TRAFFIC}


def test_the_lease_is_taken_first_unless_there_is_a_fork_for_each_host():
    assert LEASE_FIRST not in unused(OFF, bake=0, drains=False, hold=False, together=False)
    assert LEASE_FIRST in unused(OFF, bake=0, drains=False, hold=False, together=True)
    assert [name for name, _ in tagged(yaml.safe_load(PREFLIGHT.read_text())[0]["tasks"])] == [LEASE_FIRST]


@pytest.mark.parametrize(
    "part", ["safedeploy_drains", "safedeploy_run.policy.bake > 0", "safedeploy_looks", "safedeploy_held"]
)
def test_what_is_done_at_once_has_nothing_in_between(part):
    assert part in yaml.safe_load(ROLLOUT.read_text())[0]["vars"]["safedeploy_apart"]
