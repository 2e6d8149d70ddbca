"""A lab fleet for each test process, and a project for each test."""

from __future__ import annotations

import os

import pytest

from safedeploy.lab import Lab
from tests.e2e.fleet import Fleet
from tests.e2e.project import Project


def pytest_collection_modifyitems(items):
    for item in items:
        if "/tests/e2e/" in str(item.path):
            item.add_marker(pytest.mark.lab)


@pytest.fixture(scope="session")
def lab_name():
    return f"e2e-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-{os.getpid()}"


@pytest.fixture(scope="session")
def fleet(lab_name, tmp_path_factory):
    """Three hosts as an administrator left them; `kept` holds that state as `untouched`.

    Where the lab is goes to each program by its environment: other tests of this process have a lab of their own.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAFEDEPLOY_LAB_DIR", str(tmp_path_factory.mktemp("labs")))
        lab = Lab.up(lab_name, hosts=3)
    try:
        fleet = Fleet(lab)
        fleet.keep("untouched")
        yield fleet
    finally:
        lab.down()


def place(fleet):
    """The environment in which the program finds this lab."""
    return {"SAFEDEPLOY_LAB_NAME": fleet.lab.name, "SAFEDEPLOY_LAB_DIR": str(fleet.lab.directory.parent)}


@pytest.fixture
def project(request, tmp_path, fleet):
    """A copy of the lab project; without shadows where a test is about something else."""
    root = tmp_path / "project"
    root.mkdir()
    project = Project(root, place(fleet))
    if request.node.get_closest_marker("shadow") is None:
        project.without_shadow()
    return project


@pytest.fixture
def untouched(fleet):
    """The fleet before safedeploy ever came to it."""
    fleet.restore("untouched")
    return fleet


@pytest.fixture(scope="session")
def first_release(fleet, tmp_path_factory):
    """A function that puts the fleet on its first release."""

    def put():
        if "pushed" in fleet.kept:
            fleet.restore("pushed")
            return
        fleet.restore("untouched")
        root = tmp_path_factory.mktemp("first")
        done = Project(root, place(fleet)).push()
        assert done.code == 0, done.text
        fleet.keep("pushed")

    return put


@pytest.fixture
def pushed(fleet, first_release):
    """The fleet on its first release."""
    first_release()
    return fleet


@pytest.fixture
def namespaces(fleet):
    """Hosts that are machines of their own, with users and file systems."""
    if not fleet.in_namespaces:
        pytest.skip(f"needs hosts in namespaces; here they are on loopback ports: {fleet.lab.state.reason}")
