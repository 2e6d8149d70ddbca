"""A small part of the fault matrix (tests/faults, docs/reliability.md), on the fleet that all these tests have.

Each push gets several faults, on every host another one: whatever hits, each host ends on the old or the new release.
"""

from __future__ import annotations

import pytest

from tests.e2e.conftest import place
from tests.e2e.project import Project
from tests.faults.choice import Chosen
from tests.faults.faults import ANSWER, CONTROL, FAULTS, REQUEST, WORK
from tests.faults.fleet import NEW, FaultFleet
from tests.faults.injecting import Bench, inject
from tests.faults.rendezvous import Row

KINDS = {"before": REQUEST, "after": ANSWER}
COLUMNS = {fault.column: fault for fault in FAULTS}


@pytest.fixture(scope="module")
def bench(fleet, tmp_path_factory):
    """The fleet on its first release, ready for pushes of the second with faults in them."""
    if not fleet.in_namespaces:
        pytest.skip(f"needs hosts in namespaces; here they are on loopback ports: {fleet.lab.state.reason}")
    root = tmp_path_factory.mktemp("faults")
    project = Project(root, place(fleet))
    if "pushed" not in fleet.kept:
        fleet.restore("untouched")
        assert project.push().code == 0
        fleet.keep("pushed")
    else:
        fleet.restore("pushed")
    faults = FaultFleet(fleet)
    project.second_release()
    made = Bench.made(faults, project, project, tmp_path_factory.mktemp("scratch"))
    faults.learn(NEW, project)
    project.rollout(batches=[len(fleet.names)])
    yield made
    fleet.restore("pushed")


def at(column: str, host: str, point: str, kind: str = WORK) -> Chosen:
    """A fault on a host at a step of the program there."""
    kind = KINDS.get(point.rpartition(":")[2], kind)
    return Chosen(fault=COLUMNS[column], row=Row(host=host, point=point, kind=kind), target=host)


HITS = {
    "while they are changed": (
        at("SIGKILL of the agent", "web1", "activate#1:os.rename#4"),
        at("connection cut", "web2", "activate#1:after"),
        at("SIGKILL of httpd", "web3", "activate#1:os.rename#2"),
    ),
    "before they are confirmed": (
        at("silence for 3 s", "web1", "confirm#1:before"),
        at("hand edit of a changed file", "web2", "confirm#1:after"),
        at("disk full: configuration", "web3", "activate#1:before"),
    ),
    "by the loss of a worker": (at("SIGKILL of Ansible's workers", "web1", "preflight#1:after"),),
    "by the loss of the control machine": (
        Chosen(
            fault=COLUMNS["SIGKILL of the controller"],
            row=Row(host="web1", point="confirm#1:before", kind=REQUEST),
            target="web1",
        ),
    ),
}


@pytest.mark.parametrize("hits", HITS.values(), ids=HITS.keys())
def test_hosts_that_are_hit(bench, hits):
    for outcome in inject(bench, *hits):
        assert outcome.reached, outcome
        assert outcome.violations == (), outcome.note


def test_every_column_has_steps_that_it_can_happen_at():
    assert all(fault.at & {REQUEST, WORK, ANSWER, CONTROL} for fault in FAULTS)
