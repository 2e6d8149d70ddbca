"""A diagnosis of a broken fleet: the right cause without a visitor where none is needed, and none when all is well."""

from __future__ import annotations

import time

import pytest

from safedeploy.core.errors import ExitCode
from safedeploy.lab import visiting
from safedeploy.lab.faults import FAULTS
from tests.e2e.documented_shape import problems

VISITS = visiting.Visits(
    where=(("http", "api.lab.test", "/health"), ("http", "app.lab.test", "/")),
    agents=("Mozilla/5.0 (X11; Linux x86_64)",),
    rate=30.0,
    at_once=12,
)
WITHOUT_VISITORS = {"httpd-down": "httpd", "certificate-expired": "certificate"}


def diagnosed(project):
    """The document of a diagnosis of the last minutes."""
    done = project.run("diagnose", "lab", "--since", "5m", "--json")
    assert done.code in (ExitCode.OK, ExitCode.DIFFERENCES), done.text
    assert problems(done.document, "safedeploy-diagnosis") == []
    return done


@pytest.fixture
def calm(pushed, project, tmp_path):
    """The fleet some time after its push, with logs that are empty and a history of its own."""
    project.environ["XDG_STATE_HOME"] = str(tmp_path / "state")
    pushed.fresh_logs()
    return pushed


@pytest.mark.parametrize("fault", WITHOUT_VISITORS)
def test_what_needs_no_visitor_to_be_seen_is_named_at_once(calm, project, namespaces, fault):
    FAULTS[fault].start(calm.lab, ["web2"])
    try:
        done = diagnosed(project)
    finally:
        FAULTS[fault].stop(calm.lab)
    assert done.document["named"] == WITHOUT_VISITORS[fault], done.document["hypotheses"][:3]
    assert done.document["hypotheses"][0]["hosts"] == ["web2"]


@pytest.fixture
def visited(calm):
    """Visitors of many addresses who do not wait for each other."""
    visiting.start(calm.lab, "ordinary", VISITS, calm.lab.hosts)
    yield calm
    visiting.stop(calm.lab.directory, "ordinary")


def test_nothing_is_named_when_all_is_well_and_a_cut_network_is_when_visitors_suffer(visited, project, namespaces):
    time.sleep(15)
    well = diagnosed(project)
    assert (well.document["errors"], well.document["named"]) == (None, None)
    FAULTS["network-cut"].start(visited.lab)
    try:
        time.sleep(15)
        done = diagnosed(project)
    finally:
        FAULTS["network-cut"].stop(visited.lab)
    assert done.document["named"] == "network", done.document["hypotheses"][:3]
    assert done.document["errors"] is not None
