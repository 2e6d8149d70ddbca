"""`safedeploy diagnose`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from safedeploy.cli.failure import reported
from safedeploy.cli.history import moment
from safedeploy.cli.invocation import Invocation, vault_options
from safedeploy.cli.options import AskVault, Environment, Json, Limit, VaultFiles, VaultIds
from safedeploy.core.errors import ExitCode, SafedeployError

HOURS_2 = 7200.0
LONGEST = 14 * 86400.0


@reported
def diagnose(
    context: typer.Context,
    environment: Environment,
    *,
    limit: Limit = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since",
            metavar="WHEN",
            parser=moment,
            help="From when on logs are read: 2026-03-01T12:00, 3h. Begin well before the trouble: what was usual is "
            "learnt from there.  [default: 2h]",
        ),
    ] = None,
    as_json: Json = False,
    vault_password_file: VaultFiles = None,
    vault_id: VaultIds = None,
    ask_vault_pass: AskVault = False,
) -> None:
    """Find what is behind errors that visitors get, within a minute.

    Asks every host, its logs, the history and what the hosts depend on, all at once, and changes nothing. Hypotheses
    with evidence for and against, the likeliest first: a change, an edit by hand, httpd, a backend, the network,
    workers and other resources, a certificate, the application, a flood of requests. Exit code 8 when something is
    wrong, 9 when no host could be asked.
    """
    from safedeploy.cli import diagnose_view, screen
    from safedeploy.workflows import diagnose as workflow

    vault = vault_options(vault_password_file, vault_id, ask=ask_vault_pass)
    with Invocation(context, environment, limit, vault) as (session, progress):
        now = session.identity.started.timestamp()
        begin = now - HOURS_2 if since is None else since.timestamp()
        if not 60 <= now - begin <= LONGEST:
            raise SafedeployError(
                "diagnose-since",
                "--since is to be at least a minute and at most 14 days ago",
                next_step="Give a time shortly before the trouble began, such as 3h.",
                exit_code=ExitCode.USAGE,
            )
        found = workflow.diagnose(session, begin)
        progress.pause()
        document = found.to_json()
        session.conclude(document)
        if as_json:
            screen.say_json(document)
        else:
            diagnose_view.show(screen.out(), found)
        if not found.asked:
            raise SafedeployError(
                "host-unreachable",
                "no host could be asked",
                next_step="See whether the hosts are up and can be reached from here; what could be told without them "
                "stands above.",
                exit_code=ExitCode.UNREACHABLE,
            )
        if found.trouble is not None or found.named is not None:
            raise typer.Exit(int(ExitCode.DIFFERENCES))
