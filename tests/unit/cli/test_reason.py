"""The reason comes from a terminal, whatever its encoding is."""

from __future__ import annotations

import typer
from typer.testing import CliRunner

from safedeploy.cli.options import Reason


def test_a_byte_that_is_no_utf_8_is_replaced_so_that_ansible_takes_the_rest():
    app = typer.Typer()
    heard: list[str] = []

    @app.command()
    def push(reason: Reason = "") -> None:
        heard.append(reason)

    CliRunner().invoke(app, ["--reason", "caf\udce9 größer"])
    assert heard == ["caf? größer"]
