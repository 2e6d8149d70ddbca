"""`safedeploy rollback`."""

from __future__ import annotations

from typing import Annotated

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
    Wait,
    Yes,
)
from safedeploy.core.acceptance import accepted_ids


@reported
def rollback(
    context: typer.Context,
    environment: Environment,
    *,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="RELEASE", help="This release; `adopted` is what was there before the first."),
    ] = None,
    only_from: Annotated[
        str | None,
        typer.Option("--from", metavar="RELEASE", help="Only hosts that have this release now; others are left alone."),
    ] = None,
    limit: Limit = None,
    yes: Yes = False,
    reason: Reason = "",
    allow_restart: AllowRestart = False,
    accept: Accept = None,
    diffs: Diffs = True,
    as_json: Json = False,
    wait: Wait = None,
    vault_password_file: VaultFiles = None,
    vault_id: VaultIds = None,
    ask_vault_pass: AskVault = False,
) -> None:
    """Push a release that the hosts have stored.

    By default each host's known-good before the present one, with plan, preflight and health checks like any push.
    """
    from safedeploy.workflows import observe, planning, plays, rendering
    from safedeploy.workflows import rollback as workflow

    accepted = accepted_ids(accept or ())
    vault = vault_options(vault_password_file, vault_id, ask=ask_vault_pass)
    with Invocation(context, environment, limit, vault, wait=wait) as (session, progress):
        present = rendering.render(session)
        sites = {host: item.site for host, item in present.items()}
        first = observe.observe(session, sites)
        observe.require_all(first)
        if only_from is not None:
            first = workflow.only_from(first, only_from)
            sites = {host: sites[host] for host in first.hosts}
        plays.ahead(session)
        wanted = workflow.stored(session, present, first, to)
        seen = observe.observe(session, sites, {host: item.tree.entries for host, item in wanted.items()})
        observe.require_all(seen)
        found = planning.make_plan(session, wanted, seen)
        work = Work(
            reason=reason,
            allow_restart=allow_restart,
            accept=accepted,
            yes=yes,
            diffs=diffs,
            as_json=as_json,
            verb="rollback",
        )
        carry_out(session, progress, work, found, wanted)
