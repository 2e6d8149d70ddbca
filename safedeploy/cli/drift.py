"""`safedeploy drift`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from safedeploy.cli.failure import reported
from safedeploy.cli.invocation import Invocation, vault_options
from safedeploy.cli.options import AskVault, Diffs, Environment, Json, Limit, VaultFiles, VaultIds
from safedeploy.core.errors import ExitCode

if TYPE_CHECKING:
    from safedeploy.core.drift import Drift

Junit = Annotated[
    Path | None,
    typer.Option("--junit", metavar="FILE", help="Write a JUnit report: a test case for each host and kind of drift."),
]
Metrics = Annotated[
    Path | None,
    typer.Option("--metrics", metavar="FILE", help="Write metrics for node_exporter's textfile collector (*.prom)."),
]


@reported
def drift(
    context: typer.Context,
    environment: Environment,
    *,
    limit: Limit = None,
    as_json: Json = False,
    junit: Junit = None,
    metrics: Metrics = None,
    diffs: Diffs = True,
    facts: Annotated[
        bool, typer.Option("--facts", help="Let Ansible gather facts where templates need them; slower.")
    ] = False,
    vault_password_file: VaultFiles = None,
    vault_id: VaultIds = None,
    ask_vault_pass: AskVault = False,
) -> None:
    """Find what is not as it was deployed.

    Hand edits, missing and extra files, modes, links, what httpd has not loaded or would not take any more,
    certificates that end soon, hosts that wait for a decision. Each host is held against its own record of what was
    deployed there, over SSH and without Ansible. Changes nothing. Exit code 8 when there is drift; 9 when there is
    none, and a host could not be read.
    """
    from safedeploy.cli import drift_document, drift_view, screen
    from safedeploy.workflows import drift as workflow

    vault = vault_options(vault_password_file, vault_id, ask=ask_vault_pass)
    with Invocation(context, environment, limit, vault) as (session, progress):
        found = workflow.drift(session, facts=facts)
        progress.pause()
        document = drift_document.drift_document(found.drift)
        session.conclude(document)
        if as_json:
            screen.say_json(document)
        else:
            drift_view.show_drift(screen.out(), found.drift, diffs=diffs)
        _write(found.drift, junit, metrics)
        if found.drift.exit_code is not ExitCode.OK:
            raise typer.Exit(int(found.drift.exit_code))


def _write(drift: Drift, junit: Path | None, metrics: Path | None) -> None:
    """The files that were asked for, whatever was found."""
    if junit is not None:
        from safedeploy.cli import drift_document
        from safedeploy.cli import junit as reports

        reports.write(junit, f"safedeploy drift {drift.environment}", drift_document.cases(drift))
    if metrics is not None:
        from safedeploy.adapters import result_file
        from safedeploy.adapters.metrics import drift_metrics

        # For node_exporter to read, whoever it runs as.
        result_file.write(metrics, drift_metrics(drift), mode=0o644)
