from __future__ import annotations

import secrets

import pytest

from safedeploy.adapters.history.place import place
from safedeploy.core.policy import History


@pytest.fixture
def file(tmp_path):
    """An empty store in a file."""
    return place(History(url=f"sqlite:///{tmp_path}/state/history.db"))


@pytest.fixture(params=["sqlite", "postgresql"])
def at(request):
    """An empty store of each kind."""
    if request.param == "sqlite":
        return request.getfixturevalue("file")
    url = request.getfixturevalue("postgres").database(f"test_{secrets.token_hex(4)}")
    return place(History(url_env="URL"), {"URL": url})
