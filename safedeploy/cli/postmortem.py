"""`safedeploy postmortem`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from safedeploy.cli.failure import reported
from safedeploy.cli.history import moment
from safedeploy.cli.invocation import Invocation, vault_options
from safedeploy.cli.options import AskVault, Globals, Json, Limit, VaultFiles, VaultIds
from safedeploy.cli.report import Out, leave
from safedeploy.core.errors import ExitCode, SafedeployError

if TYPE_CHECKING:
    from safedeploy.core.history import Run

AROUND = 1800.0
LONGEST = 31 * 86400.0


@reported
def postmortem(
    context: typer.Context,
    run: Annotated[
        str | None, typer.Argument(help="The run that the incident is about: its id, the beginning of it, or `last`.")
    ] = None,
    *,
    environment: Annotated[
        str | None, typer.Option("--environment", "-e", metavar="ENV", help="With --since: the environment.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--since", metavar="WHEN", parser=moment, help="From when on: 2026-03-01T12:00, 3h."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--until", metavar="WHEN", parser=moment, help="Up to when.  [default: now]"),
    ] = None,
    out: Out = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no host: the history alone.")] = False,
    limit: Limit = None,
    as_json: Json = False,
    vault_password_file: VaultFiles = None,
    vault_id: VaultIds = None,
    ask_vault_pass: AskVault = False,
) -> None:
    """Write the report on an incident, from what was recorded and from the logs of the hosts.

    Start, end, share of requests and clients, root cause with its lines, timeline, what was ruled out, measures as
    tasks; what no record tells is a marked question. Of a run it is the half hour before and after it. What was counted
    is kept: `safedeploy report RUN` makes the page again when the logs are gone.
    """
    from safedeploy.cli import screen
    from safedeploy.core.report import postmortem_page
    from safedeploy.workflows import postmortem as workflow
    from safedeploy.workflows import reporting

    about = _about(context, run) if run is not None else None
    name = about.environment if about is not None else environment
    if name is None or (about is None and since is None):
        raise SafedeployError(
            "postmortem-of-what",
            "a run is to be named, or an environment with --since",
            next_step="`safedeploy postmortem RUN`, or `safedeploy postmortem --environment prod --since 3h`.",
            exit_code=ExitCode.USAGE,
        )
    vault = vault_options(vault_password_file, vault_id, ask=ask_vault_pass)
    with Invocation(context, name, limit, vault) as (session, progress):
        begin, end = _time(session.identity.started, about, since, until)
        document = workflow.postmortem(session, begin, end, about=about, offline=offline)
        progress.pause()
        session.conclude(document)
        if as_json:
            screen.say_json(document)
            return
        page = postmortem_page.page(document, made=reporting.made())
        leave(page, name, session.identity.run, out)
        for text in page.questions:
            screen.say(screen.err(), f"to be answered: {text}", "yellow")


def _about(context: typer.Context, name: str) -> Run:
    from safedeploy.workflows import history

    return history.told(context.ensure_object(Globals).project, name).run


def _time(now: datetime, about: Run | None, since: datetime | None, until: datetime | None) -> tuple[float, float]:
    """From when to when, in seconds since 1970. Raises SafedeployError `postmortem-time`."""
    latest = now.timestamp()
    if about is not None:
        begin = about.started.timestamp() - AROUND if since is None else since.timestamp()
        after = (about.ended or about.started).timestamp() + AROUND
        end = min(latest, after) if until is None else min(latest, until.timestamp())
    else:
        begin = latest if since is None else since.timestamp()
        end = latest if until is None else min(latest, until.timestamp())
    if not 60 <= end - begin <= LONGEST:
        raise SafedeployError(
            "postmortem-time",
            "the time that is asked for is to be at least a minute and at most 31 days long, and not in the future",
            next_step="Give --since a time shortly before the incident, and --until one after it.",
            exit_code=ExitCode.USAGE,
        )
    return begin, end
