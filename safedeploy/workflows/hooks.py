"""Run the hooks of a push: those before it stop it when they fail, those after it are told how it ended.

Hooks after a push run whenever those before it have begun, also when one of these failed or was interrupted: what the
first hook switched off, the last one can switch on again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from safedeploy.adapters import command
from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.core.hooks import HookRun, Told, When, environment, failed
from safedeploy.core.masking import Masker
from safedeploy.core.outcome import HostEnd
from safedeploy.core.plain_text import plain_text
from safedeploy.core.policy import Hook
from safedeploy.core.trial import Hide
from safedeploy.workflows.events import Phase
from safedeploy.workflows.interrupt import Interrupt
from safedeploy.workflows.session import Session


class Hooks:
    """The hooks of one run. `runs` is what came of them, in their order; `begun`: whether those after it are to run."""

    def __init__(self, session: Session, told: Told, hide: Hide) -> None:
        self._session, self._told, self._hide = session, told, hide
        self.runs: list[HookRun] = []
        self.begun = False

    def before(self, interrupt: Interrupt, as_they_were: Mapping[str, HostEnd]) -> None:
        """Run the hooks before the push; when they stop it, those after it too.

        Raises SafedeployError at the first that fails, and KeyboardInterrupt as it comes.
        """
        self.begun = True
        try:
            for hook in self._session.policy.hooks.before_push:
                _require(self._run(When.BEFORE, hook, self._told.variables(), lambda: False))
        except BaseException as error:
            refused = isinstance(error, SafedeployError)
            self.after(interrupt, as_they_were, ExitCode.REFUSED if refused else ExitCode.INTERRUPTED)
            raise

    def after(self, interrupt: Interrupt, ends: Mapping[str, HostEnd], exit_code: ExitCode) -> None:
        """Run every hook after the push, whether or not one fails; a further interruption ends the one that runs."""
        told = self._told.variables(ends, int(exit_code))
        with interrupt.shield():
            for hook in self._session.policy.hooks.after_push if self.begun else ():
                self._run(When.AFTER, hook, told, _again(interrupt))

    @property
    def failed_after(self) -> bool:
        """Whether a hook after the push failed."""
        return bool(failed(self.runs, When.AFTER))

    def _run(self, when: When, hook: Hook, told: Mapping[str, str], stop: Callable[[], bool]) -> HookRun:
        session = self._session
        session.events.phase(Phase.HOOK, f"{when.value}: {hook.name}")
        ended = command.run(
            hook.command,
            directory=session.target.project,
            environ=environment(os.environ, hook, told),
            limit=hook.timeout,
            stop=stop,
        )
        # Escapes first: one inside of a secret would keep it from being found.
        passed_on = Masker(os.environ[name] for name in hook.env if name in os.environ)
        output = self._masked(plain_text(self._masked(ended.output, passed_on)), passed_on)
        run = HookRun(when=when, name=hook.name, why=ended.why, seconds=ended.seconds, output=output)
        if session.target.verbosity and output:
            session.events.output(output)
        self.runs.append(run)
        return run

    def _masked(self, text: str, passed_on: Masker) -> str:
        """Without secrets; what safedeploy.yml passes on by name is most often a token, and a hook may print it."""
        return passed_on.text(self._session.hide(self._hide(text)))


def _again(interrupt: Interrupt) -> Callable[[], bool]:
    """Whether one more interruption has come since now."""
    asked = interrupt.times
    return lambda: interrupt.times > asked


def _require(run: HookRun) -> None:
    if run.ok:
        return
    words = "".join(f"\n    | {line}" for line in run.output.splitlines()[-20:])
    raise SafedeployError(
        "hook-failed",
        f"the hook '{run.name}' ({run.when.value}) failed: {run.why}{words}",
        next_step="Correct what it names, or the hook itself in safedeploy.yml, then run the command again.",
        exit_code=ExitCode.REFUSED,
    )
