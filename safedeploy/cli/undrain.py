"""`safedeploy undrain`."""

from __future__ import annotations

from typing import Any

import typer

from safedeploy.cli.ask import ask
from safedeploy.cli.failure import reported
from safedeploy.cli.invocation import Invocation, unreachable, vault_options
from safedeploy.cli.options import AskVault, Environment, Json, Limit, VaultFiles, VaultIds, Yes
from safedeploy.core import counted
from safedeploy.core.errors import ExitCode, SafedeployError


@reported
def undrain(
    context: typer.Context,
    environment: Environment,
    *,
    limit: Limit = None,
    yes: Yes = False,
    as_json: Json = False,
    vault_password_file: VaultFiles = None,
    vault_id: VaultIds = None,
    ask_vault_pass: AskVault = False,
) -> None:
    """Put hosts back into service that a run left out of their load balancer.

    Runs the tasks of `rollout.undrain` for every host that recorded it was taken out of service, if it is well now.
    """
    from safedeploy.cli import screen
    from safedeploy.workflows import undrain as workflow

    with Invocation(context, environment, limit, vault_options(vault_password_file, vault_id, ask=ask_vault_pass)) as (
        session,
        progress,
    ):
        found = workflow.find(session)
        progress.pause()
        shown = screen.err() if as_json else screen.out()
        for host, one in found.hosts.items():
            out = one.drained or {}
            screen.say(shown, f"{host}: out of service since {out.get('since')}, run {out.get('run')}")
        left: dict[str, str] = {}
        if found.hosts:
            ask(f"put {counted.hosts(len(found.hosts))} of {environment} back into service?", yes=yes)
            left = workflow.undrain(session, found)
        progress.pause()
        code = workflow.exit_code(left, found)
        document = _document(environment, found, left, code)
        session.conclude(document)
        if as_json:
            screen.say_json(document)
        for host in found.hosts:
            text = f"still out of service: {left[host]}" if host in left else "in service again"
            screen.say(shown, f"{host}: {text}", "bold red" if host in left else "")
        if not found.hosts:
            read = counted.hosts(len(found.seen.hosts))
            screen.say(shown, f"nothing to do: no host is out of service ({read} answered)")
        if code is ExitCode.STRANDED:
            raise _left(left, environment)
        if code is not ExitCode.OK:
            raise unreachable(found.seen)


def _left(left: dict[str, str], environment: str) -> SafedeployError:
    lines = "\n".join(f"  {host}: {why}" for host, why in left.items())
    return SafedeployError(
        "still-drained",
        f"{counted.hosts(len(left))} could not be put back into service:\n{lines}",
        state="No configuration was changed on any host.",
        next_step=f"Correct what is named, or put them back by hand; then run safedeploy undrain {environment} again.",
        exit_code=ExitCode.STRANDED,
    )


def _document(environment: str, found: Any, left: dict[str, str], code: ExitCode) -> dict[str, Any]:
    return {
        "format": "safedeploy-undrain",
        "version": 1,
        "environment": environment,
        "exit_code": int(code),
        "hosts": {
            host: {"drained": dict(one.drained or {}), "done": host not in left, "why": left.get(host, "")}
            for host, one in found.hosts.items()
        },
        "unreachable": dict(found.seen.missing),
    }
