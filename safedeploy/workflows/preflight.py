"""The preflight of every host, in parallel: lease, stage, configtest in context, baseline health.

No live file changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from safedeploy.core import counted
from safedeploy.core.errors import SafedeployError
from safedeploy.core.origins import mentioned
from safedeploy.core.preflight import HostCheck, Preflight, judge_preflight
from safedeploy.workflows.bundle import read_answers
from safedeploy.workflows.desired import Desired
from safedeploy.workflows.events import Phase, Status
from safedeploy.workflows.leases import release_leases
from safedeploy.workflows.playbook import require_start, run_playbook
from safedeploy.workflows.session import Session


def run_preflight(session: Session, directory: Path, hosts: list[str]) -> Preflight:
    """Run preflight.yml and judge every host by its own answer."""
    session.events.phase(Phase.PREFLIGHT, f"{counted.hosts(len(hosts))} in parallel")
    result = run_playbook(session, "preflight.yml", directory, hosts, phase=Phase.PREFLIGHT)
    answers = {host: read_answers(directory, host) for host in hosts}
    verdict = judge_preflight(hosts, answers)
    answered = sum(item.prepare is not None or item.seen is not None for item in answers.values())
    require_start(result, answered, Phase.PREFLIGHT)
    for check in verdict.failed:
        session.events.host(check.host, Phase.PREFLIGHT, Status.FAILED, check.text)
    return verdict


def require_pass(verdict: Preflight, desired: Mapping[str, Desired]) -> None:
    """Raise, with every failed host, httpd's own words and where they lead, when the push may not go ahead."""
    if verdict.ok:
        return
    count, total = len(verdict.failed), len(verdict.hosts)
    code = "lease-held" if all(check.code == "lease-held" for check in verdict.failed) else "preflight-refused"
    raise SafedeployError(
        code,
        f"preflight refused on {count} of {counted.hosts(total)}:\n{_paragraphs(verdict, desired)}",
        next_step=_next_step(verdict),
        exit_code=verdict.exit_code,
    )


def _paragraphs(verdict: Preflight, desired: Mapping[str, Desired]) -> str:
    groups: dict[tuple[str, ...], list[str]] = {}
    for check in verdict.failed:
        tree = desired[check.host].tree
        words = [line for line in check.detail.splitlines() if line not in check.text]
        leads = mentioned(f"{check.text}\n{check.detail}", tree.entries, tree.origin)
        key = (check.text, *(f"    | {line}" for line in words), *(f"    {lead}" for lead in leads))
        groups.setdefault(key, []).append(check.host)
    return "\n".join(f"  {', '.join(hosts)}: " + "\n".join(lines) for lines, hosts in groups.items())


_NEXT: Mapping[str, str] = {
    "lease-held": "Wait until the other push has ended or its lease has expired, then run the same command again.",
    "configtest-failed": "Correct the template or variable behind the line that httpd names, then check again.",
    "restart-needed": "A graceful reload cannot apply this change: run the push with --allow-restart, at a quiet hour.",
    "live-changed": "Somebody edited the host after the plan was made: run the command again to plan anew.",
    "no-space": "Make room on the host (see the path and the numbers above), then run the command again.",
    "no-permission": "Give the connecting user the right to become root (ansible_become), then run the command again.",
    "unreachable": "Repair the access to the host, or leave it out with --limit.",
    "pending-exists": "Wait for the other run's confirm window to end, then run the command again.",
}


def _next_step(verdict: Preflight) -> str:
    return " ".join(dict.fromkeys(_hint(check) for check in verdict.failed))


def _hint(check: HostCheck) -> str:
    return _NEXT.get(check.code or "", "Correct what the message names, then run `safedeploy check` again.")


def check_and_release(session: Session, directory: Path, hosts: list[str]) -> Preflight:
    """The preflight by itself: leases are given back whatever happens."""
    try:
        return run_preflight(session, directory, hosts)
    finally:
        release_leases(session, directory, hosts)
