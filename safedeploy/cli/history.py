"""`safedeploy history`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from safedeploy.cli.failure import reported
from safedeploy.cli.options import Environment, Globals, Json

if TYPE_CHECKING:
    from safedeploy.core.history import Wanted
    from safedeploy.core.policy import Policy


def _moment(text: str) -> datetime:
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
            parser=_moment,
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
    as_json: Json = False,
) -> None:
    """List the runs of an environment, the newest first.

    When, by whom, from which commit, how it ended. `safedeploy show RUN` tells all of one. No host is asked.
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
    _list(policy, wanted, as_json=as_json)


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
