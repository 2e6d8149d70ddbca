"""The last line in the log of a CI job: what the exit code means, and which run it was.

A job shows "exit code 6", and the log's end is what people look at first. A terminal does without: its reader has seen
what happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from safedeploy.cli.job_log import annotate, is_log
from safedeploy.cli.options import Globals
from safedeploy.cli.screen import err, say
from safedeploy.core.errors import ExitCode

if TYPE_CHECKING:
    import typer

# As docs/exit-codes.md has it, in a few words.
MEANING: Mapping[ExitCode, str] = {
    ExitCode.OK: "done, or nothing was to be done",
    ExitCode.BUG: "a fault of safedeploy itself; ask the hosts with `safedeploy status`",
    ExitCode.USAGE: "the command line does not hold up; nothing was changed",
    ExitCode.INVALID: "settings, inventory or a template do not hold up; nothing was changed",
    ExitCode.REFUSED: "a check before the change said no; nothing was changed",
    ExitCode.LEASE_HELD: "another run works on a host; nothing was changed",
    ExitCode.REVERTED: "a host failed, and what was changed went back as said above",
    ExitCode.STRANDED: "a host needs hands; the steps are above",
    ExitCode.DIFFERENCES: "differences were found; nothing was changed",
    ExitCode.UNREACHABLE: "a host, or a channel of alerts, did not answer; nothing was changed",
    ExitCode.HOOK_FAILED: "the push is done, and a hook after it failed",
    ExitCode.INTERRUPTED: "stopped from outside; what was done until then is above",
}


def show(context: object, code: int, *, noted: bool) -> None:
    """Print it, for a command about an environment. `noted`: the failure has its note beside the change already."""
    # Typer hands out contexts of a class that is not its own.
    parameters: Mapping[str, object] = getattr(context, "params", {})
    if "environment" not in parameters or not is_log():
        return
    given = cast("typer.Context", context)
    with suppress(OSError):  # nobody reads any more
        known = ExitCode(code)
        name = known.name.lower().replace("_", "-")
        run = given.obj.run if isinstance(given.obj, Globals) else None
        command = given.command_path.partition(" ")[2]
        text = f"safedeploy {command} {parameters['environment']}: exit code {code} ({name}): "
        text += MEANING[known] + (f"; run {run}" if run else "")
        if known is not ExitCode.OK and not noted:
            annotate(err(), _kind(known, given), f"safedeploy: {name}", text)
        say(err(), text)


def _kind(code: ExitCode, context: typer.Context) -> str:
    """How loud the note is: that a plan has differences is what it was asked for."""
    if code is not ExitCode.DIFFERENCES:
        return "error"
    return "notice" if context.info_name == "plan" else "warning"
