"""`safedeploy unlock`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from safedeploy.cli.ask import ask
from safedeploy.cli.failure import reported
from safedeploy.cli.invocation import Invocation, unreachable, vault_options
from safedeploy.cli.options import AskVault, Environment, Json, Limit, VaultFiles, VaultIds, Yes
from safedeploy.core import counted
from safedeploy.core.errors import ExitCode, SafedeployError


def _said(text: str) -> str:
    if not text.strip():
        raise typer.BadParameter("say why: it is what the other person will read")
    return text


@reported
def unlock(
    context: typer.Context,
    environment: Environment,
    *,
    reason: Annotated[
        str, typer.Option("--reason", "-m", metavar="TEXT", callback=_said, help="Why: goes into the audit log.")
    ],
    limit: Limit = None,
    yes: Yes = False,
    as_json: Json = False,
    vault_password_file: VaultFiles = None,
    vault_id: VaultIds = None,
    ask_vault_pass: AskVault = False,
) -> None:
    """Take the lease away from a run that is gone.

    Shows who holds it, since when and until when, and asks. That run can change nothing any more, also if it wakes up.
    A change that it left pending must be decided on first (`confirm`, `abort`), or its window be over.
    """
    from safedeploy.cli import screen
    from safedeploy.workflows import unlock as workflow

    with Invocation(context, environment, limit, vault_options(vault_password_file, vault_id, ask=ask_vault_pass)) as (
        session,
        progress,
    ):
        found = workflow.find(session)
        progress.pause()
        shown = screen.err() if as_json else screen.out()
        for host, lease in found.held.items():
            screen.say(shown, f"{host}: {_told(lease)}")
        done: dict[str, workflow.Unlocked] = {}
        if found.held:
            ask(f"take the lease away on {counted.hosts(len(found.held))} of {environment}?", yes=yes)
            done = workflow.unlock(session, found, reason)
        code = workflow.exit_code(done, found)
        document = _document(environment, found, done, code)
        session.conclude(document)
        if as_json:
            screen.say_json(document)
        for one in done.values():
            screen.say(shown, f"{one.host}: {one.text}", "" if one.done else "bold red")
        if not done:
            read = len(found.seen.hosts)
            screen.say(shown, f"nothing to do: nobody holds a lease on any of the {counted.hosts(read)} that answered")
        if code in (ExitCode.REFUSED, ExitCode.LEASE_HELD):
            raise _refused(done, environment, code)
        if code is not ExitCode.OK:
            raise unreachable(found.seen)


def _told(lease: Any) -> str:
    over = "; it has run out, but still serves that run" if lease.get("expired") else ""
    why = f": {lease['reason']}" if lease.get("reason") else ""
    return f"held by {lease['holder']} since {lease['since']} until {lease['until']}{over} (run {lease['run']}{why})"


def _refused(done: Any, environment: str, code: ExitCode) -> SafedeployError:
    kept = [one for one in done.values() if not one.done]
    lines = "\n".join(f"  {one.host}: {one.text}" for one in kept)
    steps = dict.fromkeys(one.next for one in kept if one.next)
    return SafedeployError(
        "lease-kept",
        f"the lease was not taken away on {counted.hosts(len(kept))}:\n{lines}",
        state="No configuration was changed on any host.",
        next_step=" ".join(steps) or f"safedeploy status {environment}",
        exit_code=code,
    )


def _document(environment: str, found: Any, done: Any, code: ExitCode) -> dict[str, Any]:
    return {
        "format": "safedeploy-unlock",
        "version": 1,
        "environment": environment,
        "exit_code": int(code),
        "hosts": {
            host: {
                "lease": {key: found.held[host].get(key) for key in ("holder", "run", "reason", "since", "until")},
                "done": one.done,
                "text": one.text,
                "code": one.code,
            }
            for host, one in done.items()
        },
        "unreachable": dict(found.seen.missing),
    }
