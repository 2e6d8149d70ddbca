from __future__ import annotations

import pytest

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
