"""`safedeploy lint`, run as a command in this process."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from safedeploy.cli.main import app

PACKAGE = Path("/etc/apache2")
SLASH = "ProxyPass / http://127.0.0.1:9000\n"


@pytest.fixture
def lint(tmp_path, monkeypatch):
    """`lint(*arguments)`: the result of `safedeploy lint`, in an empty directory without a project."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAFEDEPLOY_PROJECT", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def run(*arguments):
        return CliRunner().invoke(app, ["lint", *map(str, arguments)])

    return run


@pytest.fixture
def findings(lint):
    """`findings(*arguments)`: `file:line rule` of each, from the document."""

    def run(*arguments):
        done = lint(*arguments, "--json")
        document = json.loads(done.stdout)
        assert document["failed"] == []
        return [f"{one['file']}:{one['line']} {one['rule']}" for one in document["findings"]]

    return run


@pytest.fixture
def server(tmp_path):
    """A copy of the package's own directory."""
    target = tmp_path / "apache2"
    shutil.copytree(PACKAGE, target, symlinks=True)
    return target
