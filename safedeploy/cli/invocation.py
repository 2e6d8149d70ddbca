"""One run of a command: a session with its progress display, and the plan that several commands begin with.

Workflows import Ansible, which takes half a second, so they are imported when a command really runs.
"""

from __future__ import annotations

import getpass
import sys
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from safedeploy.adapters.ansible.vault_options import VaultOptions
from safedeploy.cli.options import Globals
from safedeploy.core import counted
from safedeploy.core.errors import ExitCode, SafedeployError

if TYPE_CHECKING:
    from safedeploy.cli.progress import Progress
    from safedeploy.lint.outcome import Outcome
    from safedeploy.workflows.alerting import Alerting
    from safedeploy.workflows.desired import Desired
    from safedeploy.workflows.observe import Seen
    from safedeploy.workflows.planning import FleetPlan
    from safedeploy.workflows.session import Session


class Invocation:
    """A session with its progress display, both closed at the end.

    `wait`: first wait so many seconds for other runs on the hosts, and keep them out from then on.
    """

    def __init__(
        self,
        context: typer.Context,
        environment: str,
        limit: str | None,
        vault: VaultOptions,
        *,
        wait: float | None = None,
    ) -> None:
        self._context, self._environment, self._limit, self._vault = context, environment, limit, vault
        self._wait = wait
        self._stack = ExitStack()
        self._alerting: Alerting | None = None

    def __enter__(self) -> tuple[Session, Progress]:
        from safedeploy.cli.progress import Progress
        from safedeploy.workflows import alerting
        from safedeploy.workflows.events import Milestone
        from safedeploy.workflows.session import Session, Target

        settings: Globals = self._context.obj
        target = Target(
            project=settings.project,
            environment=self._environment,
            limit=self._limit,
            vault=self._vault,
            verbosity=settings.verbosity,
        )
        self._progress = progress = self._stack.enter_context(Progress())
        session = self._stack.enter_context(Session(target, progress))
        self._session = session
        session.command = self._context.info_name or ""
        settings.run = session.identity.run
        self._alerting = alerting.attach(session)
        self._record(session)
        self._report(session)
        reason = str(self._context.params.get("reason") or "")
        session.events.milestone(Milestone.RUN_STARTED, {"command": self._context.info_name, "reason": reason})
        if self._alerting is not None:
            _say(self._alerting.without_address())
        if self._wait is not None:
            self._hold_alone(session, self._wait)
        return session, progress

    def _record(self, session: Session) -> None:
        from safedeploy.workflows.recorder import COMMANDS, Recorder

        if self._context.info_name not in COMMANDS:
            return
        try:
            if not session.policy.history.enabled:
                return
            recorder = Recorder(session)
        except SafedeployError:
            return  # safedeploy.yml cannot be read: the command itself says so, and there is no place to record it

        def finish() -> None:
            if (line := recorder.finish()) is not None:
                _say([line])

        session.attach(recorder)
        self._stack.callback(finish)

    def _report(self, session: Session) -> None:
        from safedeploy.workflows.reporting import COMMANDS, Reporting

        if self._context.info_name not in COMMANDS:
            return
        try:
            if not session.policy.history.pages:
                return
        except SafedeployError:
            return  # as above
        reporting = Reporting(session)

        def finish() -> None:
            if reporting.path is not None:
                _say([f"report: {reporting.path}"], style="")
            elif reporting.why is not None:
                _say([f"the report page could not be written: {reporting.why}"])

        session.attach(reporting)
        self._stack.callback(finish)

    def _hold_alone(self, session: Session, seconds: float) -> None:
        from safedeploy.workflows.waiting import alone

        try:
            self._stack.enter_context(alone(session, seconds))
        except BaseException as error:
            self.__exit__(None, error, None)
            raise

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        self._end(error)
        if self._alerting is not None:
            self._tell_lost(self._alerting)
        self._stack.close()

    def _tell_lost(self, alerting: Alerting) -> None:
        """What did not reach a channel; the end of the run is on record by then."""
        from safedeploy.workflows.events import Milestone

        self._progress.pause()
        lines = alerting.finish()
        _say(lines)
        for line in lines:
            self._session.events.milestone(Milestone.ALERT_LOST, {"text": line.removeprefix("alert: ")})

    def _end(self, error: BaseException | None) -> None:
        from safedeploy.workflows.events import Milestone

        told = None
        if isinstance(error, SafedeployError):
            told = {"code": error.code, "what": error.what, "state": error.state, "next": error.next_step}
        data = {"exit_code": int(ended_with(error)), "error": told, "document": self._session.document}
        self._session.events.milestone(Milestone.RUN_ENDED, data)


def _say(lines: list[str], style: str = "yellow") -> None:
    """What nothing depends on, not even that somebody still reads it."""
    from safedeploy.cli import screen

    with suppress(OSError):
        for line in lines:
            screen.say_whole(screen.err(), line, style)


def ended_with(error: BaseException | None) -> ExitCode:
    """The exit code of a command that this ended."""
    if error is None:
        return ExitCode.OK
    if isinstance(error, SafedeployError):
        return error.exit_code
    if isinstance(error, typer.Exit):
        return ExitCode(error.exit_code)
    stopped = isinstance(error, (KeyboardInterrupt, BrokenPipeError))
    return ExitCode.INTERRUPTED if stopped else ExitCode.BUG


def planned(session: Session, progress: Progress, *, lint: bool = True) -> tuple[FleetPlan, dict[str, Desired], Seen]:
    """Render, lint, observe, compare. Raises exit 4 when the linter refuses, before any host is asked."""
    from safedeploy.workflows import observe, planning, rendering

    wanted = rendering.render(session)
    outcome = _linted(session, progress, wanted) if lint else None
    seen = observe.observe(
        session,
        {host: item.site for host, item in wanted.items()},
        {host: item.tree.entries for host, item in wanted.items()},
    )
    return replace(planning.make_plan(session, wanted, seen), lint=outcome), wanted, seen


def _linted(session: Session, progress: Progress, wanted: dict[str, Desired]) -> Outcome:
    """The linter's findings; on the screen in full when they refuse, else in a line."""
    from safedeploy.cli import lint_view, screen
    from safedeploy.workflows import lint as linter

    outcome = linter.lint(session, wanted)
    fail_on = session.policy.lint.fail_on
    if outcome.refusing(fail_on):
        progress.pause()
        lint_view.show(screen.err(), outcome)
    linter.require_clean(outcome, fail_on, again=f"safedeploy lint {session.target.environment}")
    if outcome.findings or outcome.failed:
        progress.pause()
        lint_view.show_stage(screen.err(), outcome, session.target.environment)
    return outcome


def unreachable(seen: Seen) -> SafedeployError:
    """The error after a read that some hosts did not answer; their reasons are on the screen already."""
    from safedeploy.workflows.observe import repair

    return SafedeployError(
        "host-unreachable",
        f"{counted.hosts(len(seen.missing))} could not be read: {', '.join(sorted(seen.missing))} (reasons above)",
        next_step=repair(seen),
        exit_code=ExitCode.UNREACHABLE,
    )


def vault_options(files: list[str] | None, ids: list[str] | None, *, ask: bool) -> VaultOptions:
    """The vault options of a command line; a password is only asked for on a terminal."""
    prompt = getpass.getpass if sys.stdin.isatty() else None
    if ask and prompt is None:
        raise SafedeployError(
            "no-terminal",
            "--ask-vault-pass needs a terminal",
            next_step="Give --vault-password-file FILE instead.",
            exit_code=ExitCode.USAGE,
        )
    return VaultOptions(password_files=tuple(files or ()), ids=tuple(ids or ()), ask=ask, prompt=prompt)
