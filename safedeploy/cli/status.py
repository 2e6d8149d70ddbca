"""`safedeploy status`."""

from __future__ import annotations

import typer

from safedeploy.cli.boot_guard import missing_guard
from safedeploy.cli.failure import reported
from safedeploy.cli.invocation import Invocation, unreachable, vault_options
from safedeploy.cli.options import AskVault, Environment, Json, Limit, VaultFiles, VaultIds


@reported
def status(
    context: typer.Context,
    environment: Environment,
    *,
    limit: Limit = None,
    as_json: Json = False,
    vault_password_file: VaultFiles = None,
    vault_id: VaultIds = None,
    ask_vault_pass: AskVault = False,
) -> None:
    """Show the state of every host.

    Live and known-good release, since when, by whom, what is pending, whether httpd is up and has loaded the files.
    """
    from safedeploy.cli import documents, screen, status_view
    from safedeploy.core.service import told
    from safedeploy.workflows import status as workflow

    with Invocation(context, environment, limit, vault_options(vault_password_file, vault_id, ask=ask_vault_pass)) as (
        session,
        progress,
    ):
        seen = workflow.status(session)
        progress.pause()
        if as_json:
            screen.say_json(documents.status_document(environment, seen))
        else:
            status_view.show_status(screen.out(), seen, [host.name for host in session.hosts])
            if (line := told(seen.hosts.values(), environment)) is not None:
                screen.say(screen.out(), line, "yellow")
            if (line := missing_guard(seen.hosts.values(), environment)) is not None:
                screen.say(screen.out(), line, "yellow")
        if seen.missing:
            raise unreachable(seen)
