"""The one question before something is done, and its two refusals."""

from __future__ import annotations

import sys

import typer

from safedeploy.core.errors import ExitCode, SafedeployError


def ask(question: str, *, yes: bool) -> None:
    """Go on when the answer is yes. Raises SafedeployError `no-terminal` or `declined`."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise SafedeployError(
            "no-terminal",
            "there is no terminal to ask on, and --yes was not given",
            next_step="Read what is shown above, then run the command with --yes.",
            exit_code=ExitCode.USAGE,
        )
    if not typer.confirm(question, default=False, err=True):
        raise SafedeployError(
            "declined",
            "the answer was no",
            next_step="Run the command again when you are ready.",
            exit_code=ExitCode.OK,
        )
