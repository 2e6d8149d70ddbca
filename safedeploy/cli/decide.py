"""`safedeploy confirm` and `safedeploy abort`: a person decides on what is pending."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from safedeploy.cli.ask import ask
from safedeploy.cli.failure import reported
from safedeploy.cli.invocation import Invocation, unreachable, vault_options
from safedeploy.cli.options import AskVault, Environment, Json, Limit, Reason, VaultFiles, VaultIds, Yes

if TYPE_CHECKING:
    from safedeploy.core.decision import Decision
    from safedeploy.workflows.decide import Undecided
    from safedeploy.workflows.session import Session


@reported
def confirm(
    context: typer.Context,
    environment: Environment,
    *,
    limit: Limit = None,
    yes: Yes = False,
    reason: Reason = "",
    as_json: Json = False,
    vault_password_file: VaultFiles = None,
    vault_id: VaultIds = None,
    ask_vault_pass: AskVault = False,
) -> None:
    """Confirm what `push --hold` left pending.

    Asks the services once more, from here and on each host, and makes the release known-good where all are well. A host
    that is not well stays pending, and goes back by itself when its window ends. The rest of the fleet gets the release
    with another `push`.
    """
    from safedeploy.core.decision import Decision

    with Invocation(context, environment, limit, vault_options(vault_password_file, vault_id, ask=ask_vault_pass)) as (
        session,
        progress,
    ):
        found = _found(session)
        progress.pause()
        _show_pending(found, as_json=as_json)
        ask(f"confirm this on {environment}?", yes=yes)
        _carry_out(session, found, Decision.CONFIRM, reason, as_json=as_json)


@reported
def abort(
    context: typer.Context,
    environment: Environment,
    *,
    limit: Limit = None,
    reason: Reason = "",
    as_json: Json = False,
    vault_password_file: VaultFiles = None,
    vault_id: VaultIds = None,
    ask_vault_pass: AskVault = False,
) -> None:
    """Take back what is pending, now.

    Each host goes back to what it served before, and that is verified. Nothing is asked: the way back is always open.
    """
    from safedeploy.core.decision import Decision

    with Invocation(context, environment, limit, vault_options(vault_password_file, vault_id, ask=ask_vault_pass)) as (
        session,
        progress,
    ):
        found = _found(session)
        progress.pause()
        _show_pending(found, as_json=as_json)
        _carry_out(session, found, Decision.ABORT, reason, as_json=as_json)


def _found(session: Session) -> Undecided:
    """What is pending. Raises when nothing is, or when nothing can be read."""
    from safedeploy.workflows import decide

    found = decide.undecided(session)
    if not found.pending and found.seen.missing:
        raise unreachable(found.seen)
    decide.require_pending(found, session.target.environment)
    return found


def _show_pending(found: Undecided, *, as_json: bool) -> None:
    from safedeploy.cli import screen

    console = screen.err() if as_json else screen.out()
    for host, one in found.pending.items():
        screen.say(
            console,
            f"{host}: release {one.release}, by {one.by} since {one.since}, pending until {one.until}; "
            f"before it: {one.before}",
        )
    for host, why in sorted(found.seen.missing.items()):
        screen.say(console, f"{host}: not read: {why}", "yellow")


def _carry_out(session: Session, found: Undecided, decision: Decision, reason: str, *, as_json: bool) -> None:
    from safedeploy.cli import decision_view, screen
    from safedeploy.core.errors import ExitCode
    from safedeploy.workflows import decide

    result = decide.decide(session, found, decision, reason)
    document = decision_view.document(result, found.seen.missing)
    session.conclude(document)
    if as_json:
        screen.say_json(document)
    decision_view.show(screen.err() if as_json else screen.out(), result)
    if result.code is not ExitCode.OK:
        raise typer.Exit(int(result.code))
    if found.seen.missing:
        raise unreachable(found.seen)
