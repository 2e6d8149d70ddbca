"""`safedeploy plan`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from safedeploy.cli.failure import reported
from safedeploy.cli.invocation import Invocation, planned, unreachable, vault_options
from safedeploy.cli.options import AskVault, Diffs, Environment, Json, Limit, Lint, VaultFiles, VaultIds
from safedeploy.core.errors import ExitCode

Full = Annotated[bool, typer.Option("--full", help="List also what stays as it is, with the reason.")]
Examine = Annotated[
    bool, typer.Option("--examine/--no-examine", help="Ask the changing hosts what httpd itself would make of it.")
]


@reported
def plan(
    context: typer.Context,
    environment: Environment,
    *,
    limit: Limit = None,
    out_file: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Save the plan, for `push --plan FILE`.")
    ] = None,
    markdown: Annotated[
        Path | None,
        typer.Option("--markdown", metavar="FILE", help="Write the plan for the comment on a change request."),
    ] = None,
    diffs: Diffs = True,
    full: Full = False,
    ask_hosts: Examine = True,
    lint: Lint = True,
    as_json: Json = False,
    signal_differences: Annotated[
        bool, typer.Option("--exit-code", help="Exit 8 when a push would do something.")
    ] = False,
    vault_password_file: VaultFiles = None,
    vault_id: VaultIds = None,
    ask_vault_pass: AskVault = False,
) -> None:
    """Show what a push would do, and why.

    File by file on each host, with the differences, and what the change means to httpd there; equal changes of many
    hosts are shown once. Changes nothing.
    """
    from safedeploy.cli import documents, plan_view, screen
    from safedeploy.cli.plan_report import PlanReport
    from safedeploy.workflows import examine, saved_plan

    vault = vault_options(vault_password_file, vault_id, ask=ask_vault_pass)
    with (
        Invocation(context, environment, limit, vault) as (session, progress),
        PlanReport(session, markdown) as report,
    ):
        found, wanted, seen = planned(session, progress, lint=lint)
        if ask_hosts:
            found = examine.examine(session, found, wanted)
        progress.pause()
        document = documents.plan_document(found)
        session.conclude(document)
        if as_json:
            screen.say_json(document)
        else:
            plan_view.show_plan(screen.out(), found, diffs=diffs, everything=full)
        report.write(found)
        if seen.missing:
            raise unreachable(seen)
        if out_file is not None:
            saved_plan.save(out_file, document)
            screen.say(
                screen.err(), f"saved to {out_file}; push it with: safedeploy push {environment} --plan {out_file}"
            )
        if signal_differences and found.acts:
            raise typer.Exit(int(ExitCode.DIFFERENCES))
