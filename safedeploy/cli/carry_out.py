"""The shared last part of push and rollback: show the plan, ask, carry it out, show how it ended."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from safedeploy.cli.ask import ask
from safedeploy.core.acceptance import Acceptance
from safedeploy.core.errors import ExitCode, SafedeployError

if TYPE_CHECKING:
    from safedeploy.cli.progress import Progress
    from safedeploy.core.hooks import HookRun
    from safedeploy.core.preflight import Preflight
    from safedeploy.workflows.desired import Desired
    from safedeploy.workflows.planning import FleetPlan
    from safedeploy.workflows.push_result import PushResult
    from safedeploy.workflows.session import Session


@dataclass(frozen=True, kw_only=True)
class Work:
    """How a push, a rollback or `drift --fix` was asked for."""

    verb: str
    reason: str
    allow_restart: bool
    accept: tuple[str, ...]
    yes: bool
    diffs: bool
    as_json: bool
    hold: bool = False


def carry_out(
    session: Session, progress: Progress, work: Work, found: FleetPlan, wanted: Mapping[str, Desired]
) -> None:
    """Show the plan, ask, push, and show the end; exits with the run's code when that is not 0."""
    from safedeploy.cli import documents, plan_view, preflight_view, push_view, screen
    from safedeploy.core.hooks import When
    from safedeploy.workflows import push as workflow
    from safedeploy.workflows.push_result import PushOptions

    progress.pause()
    shown = screen.err() if work.as_json else screen.out()
    plan_view.show_plan(shown, found, diffs=work.diffs)
    session.plan_document = documents.plan_document(found)
    if found.acts:
        _refuse_restart(found, allowed=work.allow_restart or session.policy.rollout.allow_restart)
        asked = {"push": "push to", "rollback": "roll back", "fix": "put back what was deployed on"}[work.verb]
        ask(f"{asked} {_count(found)} of {session.target.environment}?", yes=work.yes)

    passed: list[Preflight] = []
    acceptance = Acceptance(ids=work.accept, by=session.identity.actor, reason=work.reason)

    def conclude(document: dict[str, Any]) -> None:
        session.conclude(document)
        if work.as_json:
            screen.say_json(document)

    def on_preflight(verdict: Preflight) -> None:
        passed.append(verdict)
        progress.pause()
        preflight_view.show_preflight(screen.err(), verdict)
        if not verdict.ok:
            conclude(documents.refused_document(session.identity.run, found, verdict, acceptance))

    def on_stopped(runs: tuple[HookRun, ...]) -> None:
        progress.pause()
        conclude(documents.hook_failed_document(session.identity.run, found, passed[-1], acceptance, runs))
        push_view.show_hooks(screen.err(), [run for run in runs if run.when is When.AFTER])

    options = PushOptions(
        verb=work.verb,
        reason=work.reason,
        allow_restart=work.allow_restart,
        accept=work.accept,
        hold=work.hold,
        attended=sys.stdin.isatty(),
        on_preflight=on_preflight,
        on_stopped=on_stopped,
    )
    result: PushResult = workflow.push(session, found, wanted, options)
    with suppress(OSError):  # the terminal may be gone; the exit code still tells how it ended
        progress.pause()
        conclude(documents.push_document(result))
        push_view.show_result(shown, result, verb=work.verb)
    if result.code is not ExitCode.OK:
        raise typer.Exit(int(result.code))


def _count(found: FleetPlan) -> str:
    number = sum(item.verdict.acts for item in found.hosts.values())
    return f"{number} host{'' if number == 1 else 's'}"


def _refuse_restart(found: FleetPlan, *, allowed: bool) -> None:
    needing = {host: item.restart for host, item in found.hosts.items() if item.restart}
    if not needing or allowed:
        return
    lines = "\n".join(f"  {host}: {why}" for host, whys in needing.items() for why in whys)
    raise SafedeployError(
        "restart-needed",
        f"a graceful reload cannot apply this change:\n{lines}",
        next_step="Run the command with --allow-restart, at a quiet hour: a restart cuts the requests in flight.",
        exit_code=ExitCode.REFUSED,
    )
