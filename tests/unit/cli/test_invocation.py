"""What a run is told to have ended with is what the program exits with."""

from __future__ import annotations

import pytest
import typer

from safedeploy.cli.failure import reported
from safedeploy.cli.invocation import ended_with
from safedeploy.core.errors import ExitCode, SafedeployError


def refusal():
    return SafedeployError("lease-held", "held", next_step="wait", exit_code=ExitCode.LEASE_HELD)


@pytest.mark.parametrize(
    "error", [refusal(), typer.Exit(8), typer.Exit(0), KeyboardInterrupt(), RuntimeError("bug")], ids=repr
)
def test_the_end_of_a_run_has_the_exit_code_of_the_program(error, capsys):
    def command():
        raise error

    with pytest.raises(typer.Exit) as exited:
        reported(command)()
    assert ended_with(error) == exited.value.exit_code


def test_a_run_that_nothing_ended_early_is_well():
    assert ended_with(None) is ExitCode.OK
