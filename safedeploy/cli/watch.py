"""`safedeploy watch`."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from safedeploy.cli.failure import reported
from safedeploy.cli.invocation import Invocation, vault_options
from safedeploy.cli.options import AskVault, Environment, Limit, VaultFiles, VaultIds

if TYPE_CHECKING:
    from safedeploy.core.watch.fleet import WatchedFleet
    from safedeploy.core.watch.said import Said


@reported
def watch(
    context: typer.Context,
    environment: Environment,
    *,
    limit: Limit = None,
    every: Annotated[float, typer.Option("--every", metavar="SECONDS", min=1, max=60, help="Length of a tick.")] = 10.0,
    seconds: Annotated[
        float | None, typer.Option("--for", metavar="SECONDS", min=1, help="End after so long.  [default: never]")
    ] = None,
    metrics_port: Annotated[
        int | None,
        typer.Option("--metrics-port", metavar="PORT", min=0, max=65535, help="Serve numbers for Prometheus there."),
    ] = None,
    metrics_address: Annotated[
        str, typer.Option("--metrics-address", metavar="ADDRESS", help="The address that the port is of.")
    ] = "127.0.0.1",
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document a line on standard output for each alert.")
    ] = False,
    vault_password_file: VaultFiles = None,
    vault_id: VaultIds = None,
    ask_vault_pass: AskVault = False,
) -> None:
    """Watch what visitors get, and tell when it gets worse.

    Follows the logs of all hosts, and compares with what is usual there. An alert says what changed just before, how
    sure it is, on which hosts, and what to do; it goes to the screen, to the channels of `alerts`, and into the
    history. Runs until it is stopped. With `watch.rollback` a release that was pushed just before is taken back.
    """
    from safedeploy.cli import screen
    from safedeploy.cli.watch_view import WatchView
    from safedeploy.workflows import watch as workflow

    vault = vault_options(vault_password_file, vault_id, ask=ask_vault_pass)
    with Invocation(context, environment, limit, vault) as (session, progress):
        metrics = None
        if metrics_port is not None:
            from safedeploy.adapters.watch_metrics import WatchMetrics

            metrics = WatchMetrics(environment, metrics_address, metrics_port)
            screen.say(screen.err(), f"metrics: http://{metrics_address}:{metrics.port}/metrics")
        progress.mute()
        view = WatchView(screen.out(), environment, every, quiet=as_json)
        looking = _AsJson() if as_json else view
        options = workflow.Options(every=every, seconds=seconds)
        watching = workflow.Watch(session, options, looking, metrics)
        try:
            with view, suppress(KeyboardInterrupt):
                watching.run()
        finally:
            if metrics is not None:
                metrics.close()
            session.conclude(
                {
                    "format": "safedeploy-watch",
                    "version": 1,
                    "environment": environment,
                    "run": session.identity.run,
                    "alerts": [said.to_json() for said in watching.told],
                }
            )


class _AsJson:
    """Alerts as lines of JSON."""

    def ticked(self, fleet: WatchedFleet, now: float) -> None:
        """Nothing is printed for what is usual."""

    def said(self, said: Said) -> None:
        """One line."""
        sys.stdout.write(json.dumps(said.to_json(), sort_keys=True) + "\n")
        sys.stdout.flush()

    def acted(self, text: str) -> None:
        """For people: on standard error."""
        from safedeploy.cli import screen

        screen.say(screen.err(), text)
