"""The `safedeploy` program: its commands, and the options before them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from safedeploy import __version__
from safedeploy.cli.adopt import adopt
from safedeploy.cli.alerts import app as alerts
from safedeploy.cli.blame import blame
from safedeploy.cli.boot_guard import boot_guard
from safedeploy.cli.check import check
from safedeploy.cli.collector import spare
from safedeploy.cli.decide import abort, confirm
from safedeploy.cli.diagnose import diagnose
from safedeploy.cli.drift import drift
from safedeploy.cli.explain import explain
from safedeploy.cli.history import history
from safedeploy.cli.init import init
from safedeploy.cli.job_log import start as start_log
from safedeploy.cli.lab import app as lab
from safedeploy.cli.lint import lint
from safedeploy.cli.options import Globals, project_directory
from safedeploy.cli.plan import plan
from safedeploy.cli.postmortem import postmortem
from safedeploy.cli.push import push
from safedeploy.cli.render import render
from safedeploy.cli.report import report
from safedeploy.cli.rollback import rollback
from safedeploy.cli.rules import rules
from safedeploy.cli.show import show
from safedeploy.cli.status import status
from safedeploy.cli.undrain import undrain
from safedeploy.cli.unlock import unlock
from safedeploy.cli.watch import watch
from safedeploy.workflows.interrupt import Interrupt

app = typer.Typer(
    name="safedeploy",
    help="Change Apache httpd configuration on a fleet without an outage.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    init,
    adopt,
    plan,
    check,
    push,
    confirm,
    abort,
    rollback,
    status,
    history,
    show,
    blame,
    drift,
    watch,
    diagnose,
    postmortem,
    report,
    undrain,
    unlock,
    render,
    lint,
    rules,
    explain,
    boot_guard,
):
    app.command()(command)
app.add_typer(alerts, name="alerts", help="Who is told of pushes and drift.")
app.add_typer(lab, name="lab", help="A real fleet of Apache hosts on this machine.")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"safedeploy {__version__}")
        raise typer.Exit


@app.callback()
def main(
    context: typer.Context,
    *,
    project: Annotated[
        Path | None,
        typer.Option(
            "--project", "-C", metavar="DIR", help="The project (default: the nearest safedeploy.yml upwards)."
        ),
    ] = None,
    verbose: Annotated[
        int, typer.Option("--verbose", "-v", count=True, help="Show Ansible's own output; repeat for more.")
    ] = 0,
    _version_flag: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Change Apache httpd configuration on a fleet without an outage."""
    context.obj = Globals(project=project_directory(project).resolve(), verbosity=verbose)


def run() -> None:
    """The entry point of the installed program.

    Until the process is gone no stop signal may cut short what is cleared up at its end, nor change its exit code.
    """
    spare()
    start_log()
    with Interrupt.of_program():
        app()
