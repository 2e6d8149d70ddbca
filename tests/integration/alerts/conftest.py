from __future__ import annotations

import json

import pytest

from safedeploy.adapters.ansible.vault_options import VaultOptions
from safedeploy.workflows.session import Session, Target
from tests.integration.alerts.runs import Run
from tests.receivers import mail_server, silence, web_hook


@pytest.fixture
def hook():
    with web_hook() as hook:
        yield hook


@pytest.fixture
def mailbox():
    with mail_server() as mailbox:
        yield mailbox


@pytest.fixture
def silent():
    with silence() as port:
        yield port


@pytest.fixture
def run(tmp_path, monkeypatch):
    """`run(channels, command)`: one run of a project with these channels; by default the history is switched off.

    `machine` is whose files of the user it finds.
    """
    (tmp_path / "inventories").mkdir()
    (tmp_path / "inventories/prod").write_text("web1 ansible_host=127.0.0.1\n")
    sessions = []

    def start(channels, command="push", *, limit=None, vault=None, history=None, machine="state"):
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / machine))
        defaults = {"alerts": {"channels": channels}, "history": history or {"enabled": False}}
        (tmp_path / "safedeploy.yml").write_text(json.dumps({"version": 1, "project": "web", "defaults": defaults}))
        target = Target(project=tmp_path, environment="prod", limit=limit, vault=vault or VaultOptions())
        session = Session(target)
        sessions.append(session)
        return Run(session, command)

    yield start
    for session in sessions:
        session.close()
