"""`safedeploy blame`."""

from __future__ import annotations

from typing import Annotated

import typer

from safedeploy.cli.failure import reported
from safedeploy.cli.invocation import Invocation, unreachable, vault_options
from safedeploy.cli.options import AskVault, Environment, Json, Limit, VaultFiles, VaultIds


@reported
def blame(
    context: typer.Context,
    environment: Environment,
    file: Annotated[
        str | None, typer.Argument(help="The file: its path on the hosts, or the end of it. Else every file is listed.")
    ] = None,
    *,
    host: Annotated[str | None, typer.Option("--host", metavar="PATTERN", help="The same as --limit.")] = None,
    limit: Limit = None,
    as_json: Json = False,
    vault_password_file: VaultFiles = None,
    vault_id: VaultIds = None,
    ask_vault_pass: AskVault = False,
) -> None:
    """Show which run, commit and person set each line that is live now.

    Hosts with the same content are shown once. A line that was edited by hand says so. Changes nothing.
    """
    from safedeploy.cli import blame_view, screen
    from safedeploy.workflows import blame as workflow

    vault = vault_options(vault_password_file, vault_id, ask=ask_vault_pass)
    with Invocation(context, environment, limit or host, vault) as (session, progress):
        found = workflow.blame(session, file)
        progress.pause()
        if as_json:
            screen.say_json(blame_view.document(environment, found))
        else:
            blame_view.show(screen.out(), environment, found, whole=file is None)
        if found.seen.missing:
            raise unreachable(found.seen)
