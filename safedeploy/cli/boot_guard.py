"""`safedeploy boot-guard`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from safedeploy.cli.ask import ask
from safedeploy.cli.failure import reported
from safedeploy.cli.invocation import Invocation, unreachable, vault_options
from safedeploy.cli.options import AskVault, Environment, Limit, VaultFiles, VaultIds, Yes
from safedeploy.core import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from safedeploy.core.observed import Observed


@reported
def boot_guard(
    context: typer.Context,
    environment: Environment,
    *,
    remove: Annotated[bool, typer.Option("--remove", help="Take it off the hosts again.")] = False,
    limit: Limit = None,
    yes: Yes = False,
    vault_password_file: VaultFiles = None,
    vault_id: VaultIds = None,
    ask_vault_pass: AskVault = False,
) -> None:
    """Have hosts that restart inside a confirm window come up on their known-good.

    Installs a service that runs before httpd when a host starts, and undoes what nobody had confirmed. Without it such
    a host comes up on the unconfirmed release, and goes back at the next command that changes it.
    """
    from safedeploy.cli import screen
    from safedeploy.workflows import boot_guard as workflow

    with Invocation(context, environment, limit, vault_options(vault_password_file, vault_id, ask=ask_vault_pass)) as (
        session,
        progress,
    ):
        hosts = counted.hosts(len(session.hosts))
        progress.pause()
        ask(f"{'remove the boot guard from' if remove else 'install the boot guard on'} {hosts}?", yes=yes)
        seen = workflow.boot_guard(session, remove=remove)
        progress.pause()
        for host, one in seen.hosts.items():
            screen.say(screen.out(), f"{host}: {(one.boot_guard or {}).get('why', 'not known')}")
        if seen.missing:
            raise unreachable(seen)


def missing_guard(seen: Iterable[Observed], environment: str) -> str | None:
    """One line about the hosts without a boot guard, or None when all have one."""
    without = [one.host for one in seen if one.boot_guard is not None and not one.boot_guard.get("installed")]
    if not without:
        return None
    named = ", ".join(without[:5]) + (f" and {len(without) - 5} more" if len(without) > 5 else "")
    return (
        f"no boot guard on {named}: restarted inside the confirm window, a host would come up on the unconfirmed "
        f"release (safedeploy boot-guard {environment} installs one)"
    )
