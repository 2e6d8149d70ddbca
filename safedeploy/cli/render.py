"""`safedeploy render`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from safedeploy.cli.failure import reported
from safedeploy.cli.invocation import Invocation, vault_options
from safedeploy.cli.options import AskVault, Environment, Limit, VaultFiles, VaultIds
from safedeploy.core import counted


@reported
def render(
    context: typer.Context,
    environment: Environment,
    *,
    out_directory: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="A new or empty directory.")],
    limit: Limit = None,
    vault_password_file: VaultFiles = None,
    vault_id: VaultIds = None,
    ask_vault_pass: AskVault = False,
) -> None:
    """Write the rendered files to a directory.

    One folder per host, readable by you alone, because it contains secrets in clear.
    """
    from safedeploy.cli import screen
    from safedeploy.workflows import render as workflow
    from safedeploy.workflows import rendering

    with Invocation(context, environment, limit, vault_options(vault_password_file, vault_id, ask=ask_vault_pass)) as (
        session,
        progress,
    ):
        wanted = rendering.render(session)
        progress.pause()
        count = workflow.write(out_directory, wanted)
        screen.say(screen.out(), f"{count} entries for {counted.hosts(len(wanted))} written to {out_directory}")
