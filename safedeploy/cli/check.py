"""`safedeploy check`."""

from __future__ import annotations

import typer

from safedeploy.cli.boot_guard import missing_guard
from safedeploy.cli.failure import reported
from safedeploy.cli.invocation import Invocation, planned, vault_options
from safedeploy.cli.options import (
    Accept,
    AskVault,
    Diffs,
    Environment,
    Json,
    Junit,
    Limit,
    Lint,
    VaultFiles,
    VaultIds,
    Wait,
)
from safedeploy.core.acceptance import accepted_ids


@reported
def check(
    context: typer.Context,
    environment: Environment,
    *,
    limit: Limit = None,
    as_json: Json = False,
    junit: Junit = None,
    diffs: Diffs = True,
    accept: Accept = None,
    wait: Wait = None,
    lint: Lint = True,
    vault_password_file: VaultFiles = None,
    vault_id: VaultIds = None,
    ask_vault_pass: AskVault = False,
) -> None:
    """Preflight every host, and change nothing.

    Everything that a push does before it changes a host: plan, staging, httpd's own test of the candidate in the host's
    own context, and the same requests asked of it and of the present configuration, both started unseen beside the live
    server. No live file changes on any host.
    """
    from safedeploy.cli import documents, plan_view, preflight_view, screen
    from safedeploy.cli.check_report import CheckReport
    from safedeploy.core.service import told
    from safedeploy.workflows import check as workflow
    from safedeploy.workflows import plays
    from safedeploy.workflows.observe import require_all
    from safedeploy.workflows.preflight import require_pass

    accepted = accepted_ids(accept or ())
    vault = vault_options(vault_password_file, vault_id, ask=ask_vault_pass)
    with (
        Invocation(context, environment, limit, vault, wait=wait) as (session, progress),
        CheckReport(session, junit) as report,
    ):
        plays.ahead(session, rolls_out=False)
        found, wanted, seen = planned(session, progress, lint=lint)
        if seen.missing:
            report.write(found, None)
        require_all(seen)
        if (line := told(seen.hosts.values(), environment)) is not None:
            screen.say(screen.err(), line, "yellow")
        verdict = workflow.check(session, found, wanted, accepted)
        progress.pause()
        report.write(found, verdict)
        document = documents.check_document(found, verdict)
        session.conclude(document)
        if as_json:
            screen.say_json(document)
        else:
            plan_view.show_plan(screen.out(), found, diffs=diffs)
        if verdict is None:
            screen.say(screen.err(), "nothing to preflight: no host would be changed by a push")
            return
        if not as_json:
            preflight_view.show_preflight(screen.out(), verdict)
            if (line := missing_guard((seen.hosts[host] for host in verdict.hosts), environment)) is not None:
                screen.say(screen.out(), line, "yellow")
        require_pass(verdict, wanted)
        if not as_json:
            screen.say(screen.out(), f"nothing was changed; next: safedeploy push {environment}")
