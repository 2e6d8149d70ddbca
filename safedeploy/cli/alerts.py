"""`safedeploy alerts`: try the channels, and list what they were told of."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safedeploy.cli.failure import reported
from safedeploy.cli.invocation import vault_options
from safedeploy.cli.options import AskVault, Environment, Globals, Json, VaultFiles, VaultIds
from safedeploy.core.errors import ExitCode, SafedeployError

if TYPE_CHECKING:
    from safedeploy.adapters.ansible.vault_options import VaultOptions
    from safedeploy.workflows.session import Session

app = typer.Typer(no_args_is_help=True)

Channels = Annotated[list[str] | None, typer.Option("--channel", metavar="NAME", help="Only this channel; repeatable.")]


@app.command("test")
@reported
def try_(
    context: typer.Context,
    environment: Environment,
    *,
    channel: Channels = None,
    as_json: Json = False,
    vault_password_file: VaultFiles = None,
    vault_id: VaultIds = None,
    ask_vault_pass: AskVault = False,
) -> None:
    """Send a test message to each channel now, and say whether it arrived.

    Whatever a channel asks for otherwise, it is told that this is a test.
    """
    from safedeploy.cli import screen
    from safedeploy.workflows import alert_trial

    with _session(context, environment, vault_options(vault_password_file, vault_id, ask=ask_vault_pass)) as session:
        chosen = alert_trial.channels(session, channel or ())
        found = alert_trial.try_out(session, chosen)
        failed = {name: why for name, why in found.items() if why is not None}
        if as_json:
            screen.say_json(_tried(environment, found))
        for name, why in found.items():
            shown = screen.err() if as_json else screen.out()
            screen.say(shown, f"{name}: {f'not told: {why}' if why else 'told'}", "bold red" if why else "")
    if failed:
        raise SafedeployError(
            "channel-not-told",
            f"{len(failed)} of {len(found)} channels could not be told: {', '.join(failed)} (reasons above)",
            next_step="Correct the address, or the way to it, then run the same command again.",
            exit_code=ExitCode.UNREACHABLE,
        )


@app.command("list")
@reported
def list_(
    context: typer.Context,
    environment: Environment,
    *,
    channel: Channels = None,
    as_json: Json = False,
) -> None:
    """List what each channel was told and has not gone yet."""
    from safedeploy.cli import screen
    from safedeploy.workflows import alert_trial

    with _session(context, environment, vault_options(None, None, ask=False)) as session:
        found = alert_trial.still_open(session, alert_trial.channels(session, channel or ()), time.time())
    if found.part is not None:
        screen.say(screen.err(), f"only what this machine knows: the history cannot be used: {found.part}", "yellow")
    if as_json:
        screen.say_json(_listed(environment, found.channels))
        return
    for name, told in found.channels.items():
        screen.say(screen.out(), f"{name}: {f'{len(told)} open' if told else 'nothing is open'}")
        for one in told:
            where = "" if one.host == one.key else f"{one.host}: "
            screen.say(screen.out(), f"  {_time(one.opened)}  {one.severity.value}  {where}{one.text}")


def _session(context: typer.Context, environment: str, vault: VaultOptions) -> Session:
    from safedeploy.workflows.session import Session, Target

    settings: Globals = context.obj
    return Session(Target(project=settings.project, environment=environment, vault=vault))


def _tried(environment: str, found: dict[str, str | None]) -> dict[str, Any]:
    return {
        "format": "safedeploy-alerts-test",
        "version": 1,
        "environment": environment,
        "channels": {name: {"told": why is None, "why": why or ""} for name, why in found.items()},
    }


def _listed(environment: str, found: Any) -> dict[str, Any]:
    return {
        "format": "safedeploy-alerts",
        "version": 1,
        "environment": environment,
        "channels": {
            name: [
                {
                    "host": "" if one.host == one.key else one.host,
                    "severity": one.severity.value,
                    "text": one.text,
                    "since": _time(one.opened),
                    "sent": _time(one.sent),
                }
                for one in told
            ]
            for name, told in found.items()
        },
    }


def _time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
