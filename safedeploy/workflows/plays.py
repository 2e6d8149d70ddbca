"""The playbooks of one run, by one ansible-playbook that starts while there is nothing for it to do yet.

Ansible takes a second until its first task, which it has while the plan is made, and while a person reads it. It waits
before each playbook until that is let begin. What it is to do is read from the bundle then: without the files that are
written just before, no play has hosts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from typing import Self

from safedeploy.adapters import runner
from safedeploy.core.playbook_parts import unused
from safedeploy.core.room import Batches
from safedeploy.workflows.events import Phase
from safedeploy.workflows.playbook import heard, play
from safedeploy.workflows.private_directory import private_directory
from safedeploy.workflows.session import Session

PREFLIGHT, ROLLOUT = "preflight.yml", "rollout.yml"
_COURSE = "course.json"


class Plays:
    """A context manager: leaving it ends Ansible and removes `directory`, which is to become the bundle."""

    def __init__(self, session: Session, *, rolls_out: bool = True, hold: bool = False) -> None:
        policy, hosts = session.policy.rollout, [host.name for host in session.hosts]
        together = len(hosts) <= policy.forks
        self._session = session
        self._skip = unused(
            policy.gate, bake=policy.bake, drains=policy.drain is not None, hold=hold, together=together
        )
        self._stack = ExitStack()
        self.directory = self._stack.enter_context(private_directory())
        try:
            self._started = self._begin((PREFLIGHT, ROLLOUT) if rolls_out else (PREFLIGHT,), hosts)
        except BaseException:
            self._stack.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def dismiss(self) -> None:
        """Begin to end Ansible, without waiting for that: there is nothing for it to do."""
        self._started.dismiss()

    def end(self) -> None:
        """End what runs or waits. Once is enough."""
        self._stack.close()

    def preflight(self) -> runner.RunResult:
        """Run preflight.yml with the bundle as it lies in `directory` now."""
        return self._started.go(heard(self._session, Phase.PREFLIGHT))

    def rollout(
        self, hosts: Sequence[str], batches: Batches, *, hold: bool, cancelled: Callable[[], bool]
    ) -> runner.RunResult:
        """Run rollout.yml on these hosts, in these batches.

        An Ansible that has ended meanwhile, killed or because it takes for failed what is not, is started again.
        """
        course = {"hosts": list(hosts), "batches": list(batches), "hold": hold}
        (self.directory / _COURSE).write_text(json.dumps(course), encoding="utf-8")
        if not self._started.running:
            self._started = self._begin((ROLLOUT,), hosts)
        return self._started.go(heard(self._session, Phase.ROLLOUT), cancelled)

    def _begin(self, names: tuple[str, ...], hosts: Sequence[str]) -> runner.Started:
        extra = {"safedeploy_course_file": _COURSE}
        todo = play(self._session, names, self.directory, hosts, extra=extra, skip=self._skip)
        return self._stack.enter_context(runner.Started(todo, waiting=True))


def ahead(session: Session, *, rolls_out: bool = True, hold: bool = False) -> None:
    """Start Ansible for what this run is likely to come to. It ends with the session, if nobody takes it.

    Where there is no room for it, that is told when it is needed, if it is. Raises what policy and inventory raise.
    """
    with suppress(OSError):
        session.plays = Plays(session, rolls_out=rolls_out, hold=hold)


def spared(session: Session) -> None:
    """Nobody is going to take what was started ahead."""
    if session.plays is not None:
        session.plays.dismiss()


def taken(session: Session, *, rolls_out: bool = True, hold: bool = False) -> Plays:
    """The plays that were started ahead, which are the caller's from then on; or new ones."""
    plays, session.plays = session.plays, None
    return plays or Plays(session, rolls_out=rolls_out, hold=hold)
