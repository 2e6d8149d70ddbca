"""`safedeploy drift`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from safedeploy.cli.carry_out import Work, carry_out
from safedeploy.cli.failure import reported
from safedeploy.cli.invocation import Invocation, vault_options
from safedeploy.cli.options import (
    Accept,
    AllowRestart,
    AskVault,
    Diffs,
    Environment,
    Json,
    Limit,
    Reason,
    VaultFiles,
    VaultIds,
    Yes,
)
from safedeploy.core.acceptance import accepted_ids
from safedeploy.core.errors import ExitCode, SafedeployError

if TYPE_CHECKING:
    from safedeploy.cli.progress import Progress
    from safedeploy.core.drift import Drift
    from safedeploy.workflows.drift import Found
    from safedeploy.workflows.session import Session

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
    patch: Annotated[
        Path | None,
        typer.Option(
            "--save-patch",
            metavar="PATH",
            help="Take hand edits into the project where that is exact; write the others as patches: a file, or a "
            "directory.",
        ),
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Put back what was deployed: a push of each host's known-good release.")
    ] = False,
    yes: Yes = False,
    reason: Reason = "",
    allow_restart: AllowRestart = False,
    accept: Accept = None,
    vault_password_file: VaultFiles = None,
    vault_id: VaultIds = None,
    ask_vault_pass: AskVault = False,
) -> None:
    """Find what is not as it was deployed.

    Hand edits, missing and extra files, modes, links, what httpd has not loaded or would not take any more,
    certificates that end soon, hosts that wait for a decision. Each host is held against its own record of what was
    deployed there, over SSH and without Ansible. Changes nothing without --fix. Exit code 8 when there is drift; 9 when
    there is none, and a host could not be read.
    """
    from safedeploy.cli import drift_document, drift_view, screen
    from safedeploy.workflows import drift as workflow

    if fix and as_json:
        raise SafedeployError(
            "drift-two-documents",
            "--fix and --json do not go together: each has a result of its own",
            next_step="Run `drift --json` first, then `drift --fix`.",
            exit_code=ExitCode.USAGE,
        )
    accepted = accepted_ids(accept or ())
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
        if patch is not None:
            _save(session, progress, found, patch)
        code = found.drift.exit_code
        if fix:
            work = Work(
                verb="fix",
                reason=reason,
                allow_restart=allow_restart,
                accept=accepted,
                yes=yes,
                diffs=False,
                as_json=False,
            )
            code = _fix(session, progress, found, work)
        if code is not ExitCode.OK:
            raise typer.Exit(int(code))


def _save(session: Session, progress: Progress, found: Found, target: Path) -> None:
    """Keep the hand edits, and say where each went."""
    from safedeploy.cli import drift_view, screen
    from safedeploy.workflows.save_patch import save_patch

    kept = save_patch(session, found, target)
    progress.pause()
    drift_view.show_kept(screen.err(), kept, session.target.environment)


def _fix(session: Session, progress: Progress, found: Found, work: Work) -> ExitCode:
    """Push what was deployed to the hosts where that helps; the code for what it does not put right, which is said."""
    from safedeploy.cli import drift_view, screen
    from safedeploy.workflows.put_back import put_back

    planned = put_back(session, found)
    if planned is None:
        screen.say(screen.out(), "nothing to put back: there is no drift that a push of what was deployed puts right")
    else:
        carry_out(session, progress, work, *planned)
    drift_view.show_left(screen.out(), found.drift)
    left = [item for host in found.drift.hosts.values() for item in host.items if not item.fixable]
    if left:
        return ExitCode.DIFFERENCES
    return ExitCode.UNREACHABLE if found.drift.missing else ExitCode.OK


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
