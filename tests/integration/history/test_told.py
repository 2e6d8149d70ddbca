"""A run is looked for in the stores of all environments."""

from __future__ import annotations

import pytest

from safedeploy.adapters.history.place import place
from safedeploy.adapters.history.store import Store
from safedeploy.core.errors import SafedeployError
from safedeploy.core.policy import History
from safedeploy.workflows.history import told
from tests.integration.history.story import NOW
from tests.integration.history.test_runs import put

SETTINGS = """version: 1
project: www
environments:
  prod: {}
  staging:
    history:
      url_env: NO_SUCH_VARIABLE
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Of its two environments one has a store that cannot be opened here."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "safedeploy.yml").write_text(SETTINGS)
    for name in ("prod", "staging"):
        (tmp_path / "inventories" / name).mkdir(parents=True)
    put(Store(place(History())), "20260301T120000Z-aaaaaa", NOW)
    return tmp_path


def test_a_run_is_shown_though_the_store_of_another_environment_cannot_be_read(project):
    assert told(project, "20260301T12").run.summary == "1 confirmed"


@pytest.mark.parametrize("name", ["2027", "last"])
def test_where_it_could_be_in_the_store_that_cannot_be_read_that_is_said(project, name):
    with pytest.raises(SafedeployError, match="NO_SUCH_VARIABLE") as caught:
        told(project, name)
    assert caught.value.code == "history-unreachable"
