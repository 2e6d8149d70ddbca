"""Run playbooks on some hosts, and pass what happens to the listener."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from safedeploy.adapters import runner
from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.core.plain_text import plain_text
from safedeploy.workflows.events import Phase, Status
from safedeploy.workflows.session import Session

# Tasks whose end is worth a line on the screen, by their module: what the person waits for.
_SHOWN = frozenset({"safedeploy_agent", "safedeploy_probe", "safedeploy_traffic"})


def run_playbook(
    session: Session,
    name: str,
    directory: Path,
    hosts: Sequence[str],
    *,
    phase: Phase,
    extra: Mapping[str, Any] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> runner.RunResult:
    """Run `name` with the bundle in `directory` on `hosts`.

    Judge hosts by their answers, not by the result.
    """
    todo = play(session, (name,), directory, hosts, extra=extra)
    return runner.run(todo, on_event=heard(session, phase), cancelled=cancelled)


def play(
    session: Session,
    names: tuple[str, ...],
    directory: Path,
    hosts: Sequence[str],
    *,
    extra: Mapping[str, Any] | None = None,
    skip: Sequence[str] = (),
) -> runner.Play:
    """The playbooks `names` on `hosts` with what the session knows, without the tasks that have a tag of `skip`."""
    return runner.Play(
        playbooks=names,
        bundle=directory,
        project=session.target.project,
        inventory=session.inventory.source,
        hosts=hosts,
        extra=dict(extra or {}),
        forks=session.policy.rollout.forks,
        vault_args=session.inventory.vault_args(),
        skip=skip,
        verbosity=session.target.verbosity,
    )


def heard(session: Session, phase: Phase) -> Callable[[Mapping[str, Any]], None]:
    """What passes Ansible's events of a phase on to those who listen to the session."""
    return lambda event: _forward(session, phase, event)


def _forward(session: Session, phase: Phase, event: Mapping[str, Any]) -> None:
    kind, data = event.get("event"), event.get("event_data") or {}
    if session.target.verbosity and event.get("stdout"):
        session.events.output(str(event["stdout"]))
    host, action = data.get("host"), str(data.get("task_action", "")).rpartition(".")[2]
    wrong = kind in ("runner_on_failed", "runner_on_unreachable") and not data.get("ignore_errors")
    # A failure is worth a line whoever's task it is: what a person wrote for the load balancer, for example.
    if not host or action == "safedeploy_gate" or (action not in _SHOWN and not wrong):
        return
    task = str(data.get("task", ""))
    if kind == "runner_on_start":
        session.events.host(str(host), phase, Status.RUNNING, task)
        return
    result = data.get("res") or {}
    if data.get("ignore_errors") or all(one.get("quiet") for one in result.get("results") or [result]):
        return
    if kind == "runner_on_ok":
        session.events.host(str(host), phase, Status.OK, str(result.get("what") or task))
    elif wrong:
        session.events.host(str(host), phase, Status.FAILED, str(result.get("what") or result.get("msg") or task))


def last_words(result: runner.RunResult) -> str:
    """What Ansible said at last, on one line: from its error on, where it names one."""
    lines = [line.strip() for line in plain_text(result.stdout_tail).splitlines() if line.strip()]
    errors = [number for number, line in enumerate(lines) if line.startswith(("[ERROR]", "ERROR!"))]
    said = " ".join(lines[errors[-1] if errors else -6 :][:6])
    return (
        f"ansible-playbook {_ended(result)}: {said}" if said else f"ansible-playbook {_ended(result)}, and said nothing"
    )


def require_start(session: Session, result: runner.RunResult, answered: int, phase: Phase) -> None:
    """Raise when Ansible itself did not get going: no host has answered, and the play was not cancelled."""
    if answered or result.rc == 0 or result.status == "canceled":
        return
    said = session.hide(plain_text(result.stdout_tail)).strip()
    raise SafedeployError(
        "ansible-failed",
        f"ansible-playbook did not run the {phase} phase: it {_ended(result)}"
        + (f":\n{said}" if said else ", and said nothing"),
        next_step="Look whether this machine runs short of memory (`dmesg`), then run the same command again."
        if _was_killed(result)
        else "Run the same command with -v to see Ansible's own output.",
        exit_code=ExitCode.REFUSED,
    )


def _was_killed(result: runner.RunResult) -> bool:
    return result.rc == 128 + signal.SIGKILL


def _ended(result: runner.RunResult) -> str:
    return "was killed" if _was_killed(result) else f"ended with exit code {result.rc}"
