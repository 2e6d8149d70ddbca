"""`safedeploy history`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from safedeploy.cli.failure import reported
from safedeploy.cli.invocation import Invocation, unreachable, vault_options
from safedeploy.cli.options import AskVault, Environment, Globals, Json, VaultFiles, VaultIds

if TYPE_CHECKING:
    from safedeploy.adapters.ansible.vault_options import VaultOptions
    from safedeploy.core.history import Wanted
    from safedeploy.core.policy import Policy
    from safedeploy.workflows.observe import Seen


def moment(text: str) -> datetime:
    """A moment as it is written in an option. Raises BadParameter."""
    from safedeploy.core.moments import since

    try:
        return since(text, datetime.now().astimezone())
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


@reported
def history(
    context: typer.Context,
    environment: Environment,
    *,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="How many runs at most.")] = 20,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since",
            metavar="WHEN",
            parser=moment,
            help="Only runs since then: 2026-03-01, 2026-03-01T12:00, 7d, 12h.",
        ),
    ] = None,
    host: Annotated[
        str | None, typer.Option("--host", metavar="HOST", help="Only runs that tell of this host.")
    ] = None,
    file: Annotated[
        str | None, typer.Option("--file", metavar="PATH", help="Only runs that changed this file on a host.")
    ] = None,
    of_command: Annotated[
        str | None, typer.Option("--command", metavar="NAME", help="Only runs of this command.")
    ] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only runs that failed, or did not end.")] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="First ask every host for what it has recorded, and add what is missing.")
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="First forget runs that are older than `history.keep` days.")
    ] = False,
    as_json: Json = False,
    vault_password_file: VaultFiles = None,
    vault_id: VaultIds = None,
    ask_vault_pass: AskVault = False,
) -> None:
    """List the runs of an environment, the newest first.

    When, by whom, from which commit, how it ended. `safedeploy show RUN` tells all of one. Hosts are asked for
    --rebuild alone.
    """
    from safedeploy.adapters import settings
    from safedeploy.core.history import Wanted

    policy = settings.load(context.ensure_object(Globals).project).policy(environment)
    wanted = Wanted(
        project=policy.project,
        environment=environment,
        limit=limit,
        since=since,
        host=host,
        path=file,
        command=of_command,
        failed=failed,
    )
    if prune:
        _prune(policy)
    vault = vault_options(vault_password_file, vault_id, ask=ask_vault_pass)
    missing = _rebuild(context, environment, vault) if rebuild else None
    _list(policy, wanted, as_json=as_json)
    if missing is not None and missing.missing:
        raise unreachable(missing)


def _prune(policy: Policy) -> None:
    from safedeploy.cli import screen
    from safedeploy.workflows import pruning
    from safedeploy.workflows.history import opened

    with opened(policy) as (store, _):
        gone = pruning.prune(store, policy)
    why = "" if gone else ", for none is older and not still needed to tell who set what is live"
    screen.say(screen.err(), f"history: {gone} runs older than {policy.history.keep} days forgotten{why}")


def _rebuild(context: typer.Context, environment: str, vault: VaultOptions) -> Seen:
    from safedeploy.cli import screen
    from safedeploy.workflows.rebuild import rebuild

    with Invocation(context, environment, None, vault) as (session, progress):
        found = rebuild(session)
        progress.pause()
    line = f"history: hosts tell of {found.told} runs; {found.added} of them were missing here, and are added"
    screen.say(screen.err(), line + (f"; {found.odd} lines of audits are not understood" if found.odd else ""))
    return found.seen


def _list(policy: Policy, wanted: Wanted, *, as_json: bool) -> None:
    from safedeploy.cli import history_view, screen
    from safedeploy.workflows import history as workflow

    found = workflow.listed(policy, wanted)
    for note in found.notes:
        screen.say(screen.err(), f"history: {note}", "yellow")
    if as_json:
        screen.say_json(history_view.document(policy.environment, found))
    else:
        history_view.show(screen.out(), policy.environment, found)
