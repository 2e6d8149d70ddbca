"""Roll back a release that was pushed just before visitors began to suffer, where the policy has it so. Once."""

from __future__ import annotations

import math
import os
import sys
import threading
from collections.abc import Callable

from safedeploy.adapters import command
from safedeploy.core.watch.said import Said
from safedeploy.workflows.session import Session


class TakingBack:
    """Of one watch; `tell` gets a line of what is done."""

    def __init__(self, session: Session, tell: Callable[[str], None]) -> None:
        self._session, self._tell = session, tell
        self._thread: threading.Thread | None = None

    def consider(self, said: Said) -> None:
        """Begin a rollback where the cause is named, is a push, and is recent."""
        policy, named = self._session.policy.watch, said.diagnosis.named if said.diagnosis else None
        change = said.change
        if not (policy.rollback and said.trouble.opened and change and named and named.id == "change"):
            return
        if named.refers.run != change.run or change.command != "push" or change.release is None:
            return
        if self._thread is not None or said.trouble.at - change.at > policy.recent:
            return
        self._tell(f"rolling back {change.release}, which {change.actor} pushed: the policy has it so")
        arguments = (change.release, f"watch: {said.headline}"[:500])
        self._thread = threading.Thread(target=self._roll_back, args=arguments, name="rollback")
        self._thread.start()

    def wait(self) -> None:
        """Wait for a rollback that has begun."""
        if self._thread is not None:
            self._thread.join()

    def _roll_back(self, release: str, reason: str) -> None:
        """A run of its own, of the same hosts and with the same passwords; a Ctrl-C of the watch does not end it.

        It waits for a run that is at work, and takes back what has still that release then: nothing where that run
        has put it back itself, or where somebody has pushed what mends it.
        """
        target = self._session.target
        words = [sys.executable, "-m", "safedeploy", "--project", str(target.project), "rollback", target.environment]
        words += ["--yes", "--no-diff", "--wait", "15m", "--from", release, "--reason", reason]
        words += [] if target.limit is None else ["--limit", target.limit]
        words += self._session.inventory.vault_args()
        ended = command.run(words, directory=target.project, environ=os.environ, limit=math.inf)
        lines = ended.output.strip().splitlines() or [""]
        last = next((line for line in lines if line.startswith("error[")), lines[-1])
        how = "is done" if not ended.why else f"did not end well, {ended.why}"
        self._tell(f"the rollback {how}: {self._session.hide(last)}")
