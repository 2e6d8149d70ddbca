"""The end of a command that failed: four parts on standard error, and the published exit code."""

from __future__ import annotations

import functools
import os
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn, ParamSpec, TypeVar

import typer

from safedeploy.cli import last_line
from safedeploy.cli.job_log import annotate
from safedeploy.cli.screen import err, say
from safedeploy.core.errors import ExitCode, SafedeployError

P = ParamSpec("P")
R = TypeVar("R")


class _Told(typer.Exit):
    """The end of a command whose failure was shown in four parts."""


def reported(command: Callable[P, R]) -> Callable[P, R]:
    """Wrap a command so that every failure becomes a message and an exit code; a CI log gets a last line with it."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            result = _failing_well(command, *args, **kwargs)
        except typer.Exit as end:
            last_line.show(kwargs.get("context"), end.exit_code, noted=isinstance(end, _Told))
            raise
        last_line.show(kwargs.get("context"), int(ExitCode.OK), noted=False)
        return result

    return wrapped


def _failing_well(command: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        return command(*args, **kwargs)
    except SafedeployError as error:
        _show(error)
    except KeyboardInterrupt:
        _show(_interrupted())
    except BrokenPipeError:
        # The reader of our output has gone (head, less), and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(int(ExitCode.INTERRUPTED)) from None
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:  # noqa: BLE001 - the last line of defence turns a bug into a message
        _bug(error)


def _interrupted() -> SafedeployError:
    return SafedeployError(
        "interrupted",
        "interrupted before anything was changed",
        next_step="Run the same command again when you are ready.",
        exit_code=ExitCode.INTERRUPTED,
    )


def _show(error: SafedeployError) -> NoReturn:
    console = err()
    say(console, f"error[{error.code}]: {error.what}", "bold red")
    say(console, f"state: {error.state}")
    say(console, f"next:  {error.next_step}")
    annotate(console, "error", f"safedeploy: {error.code}", f"{error.what}\n{error.state}\n{error.next_step}")
    raise _Told(int(error.exit_code))


def _bug(error: Exception) -> NoReturn:
    traceback.print_exception(error, file=sys.stderr)
    _show(
        SafedeployError(
            "bug",
            f"safedeploy failed in a way that it should not: {type(error).__name__}: {error}",
            state="Nothing was changed if no rollout had begun; otherwise each host that was not confirmed reverts by "
            "itself when its confirm window ends.",
            next_step="Run `safedeploy status ENV` for the true state of every host, and report this with the lines "
            "above.",
            exit_code=ExitCode.BUG,
        )
    )
