"""`safedeploy push`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from safedeploy.cli.carry_out import Work, carry_out
from safedeploy.cli.failure import reported
from safedeploy.cli.invocation import Invocation, planned, vault_options
from safedeploy.cli.options import (
    Accept,
    AllowRestart,
    AskVault,
    Diffs,
    Environment,
    Json,
    Limit,
    Lint,
    Reason,
    VaultFiles,
    VaultIds,
    Wait,
    Yes,
)
from safedeploy.core.acceptance import accepted_ids


@reported
def push(
    context: typer.Context,
    environment: Environment,
    *,
    limit: Limit = None,
    plan_file: Annotated[
        Path | None, typer.Option("--plan", metavar="FILE", help="Push exactly this saved plan, or refuse.")
    ] = None,
    yes: Yes = False,
    reason: Reason = "",
    allow_restart: AllowRestart = False,
    accept: Accept = None,
    hold: Annotated[
        bool,
        typer.Option("--hold", help="Stop when the canary serves the release; `confirm` or `abort` decides on it."),
    ] = False,
    diffs: Diffs = True,
    as_json: Json = False,
    wait: Wait = None,
    lint: Lint = True,
    vault_password_file: VaultFiles = None,
    vault_id: VaultIds = None,
    ask_vault_pass: AskVault = False,
) -> None:
    """Deploy host by host, with checks and reverts.

    Shows the plan and asks, preflights every host, then rolls out in batches: switch, reload, health checks, confirm.
    When a host fails, it and (by policy) those before it go back to their known-good release.
    """
    from safedeploy.cli import screen
    from safedeploy.core.service import told
    from safedeploy.workflows import plays, saved_plan
    from safedeploy.workflows.observe import require_all

    saved = saved_plan.load(plan_file) if plan_file is not None else None
    accepted = accepted_ids(accept or ())
    vault = vault_options(vault_password_file, vault_id, ask=ask_vault_pass)
    with Invocation(context, environment, limit, vault, wait=wait) as (session, progress):
        plays.ahead(session, hold=hold)
        found, wanted, seen = planned(session, progress, lint=lint)
        require_all(seen)
        if (line := told(seen.hosts.values(), environment)) is not None:
            screen.say(screen.err(), line, "yellow")
        if saved is not None:
            saved_plan.require_same(saved, found)
        work = Work(
            reason=reason,
            allow_restart=allow_restart,
            accept=accepted,
            yes=yes,
            diffs=diffs,
            as_json=as_json,
            verb="push",
            hold=hold,
        )
        carry_out(session, progress, work, found, wanted)
