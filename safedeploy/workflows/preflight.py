"""The preflight of every host, in parallel: lease, stage, and the trial of the candidate in context.

No live file changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from safedeploy.core import counted
from safedeploy.core.acceptance import Acceptance
from safedeploy.core.blame import Cause, causes
from safedeploy.core.errors import SafedeployError
from safedeploy.core.origins import followed, mentioned
from safedeploy.core.plan import HostPlan
from safedeploy.core.preflight import HostCheck, Preflight, judge_preflight
from safedeploy.core.trial import ProbeVerdict
from safedeploy.workflows.answers import read_answers
from safedeploy.workflows.desired import Desired
from safedeploy.workflows.events import Phase, Status
from safedeploy.workflows.leases import release_leases
from safedeploy.workflows.planning import FleetPlan, masker_of
from safedeploy.workflows.playbook import require_start
from safedeploy.workflows.plays import Plays
from safedeploy.workflows.session import Session
from safedeploy.workflows.template_lines import located


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """What is to be tried out: the plan, what each host should have, and what a person accepted beforehand."""

    plan: FleetPlan
    desired: Mapping[str, Desired]
    acceptance: Acceptance = field(default_factory=Acceptance)

    @property
    def acting(self) -> dict[str, HostPlan]:
        """The hosts that a push would act on."""
        return {host: item for host, item in self.plan.hosts.items() if item.verdict.acts}


def run_preflight(session: Session, plays: Plays, candidate: Candidate) -> Preflight:
    """Run preflight.yml, judge every host by its own answer, and find what is likely behind each regression."""
    hosts, directory = list(candidate.acting), plays.directory
    session.events.phase(Phase.PREFLIGHT, f"{counted.hosts(len(hosts))} in parallel")
    result = plays.preflight()
    answers = {host: read_answers(directory, host) for host in hosts}
    judged = judge_preflight(hosts, answers, masker_of(candidate.desired).text)
    answered = sum(item.prepare is not None or item.seen is not None for item in answers.values())
    require_start(session, result, answered, Phase.PREFLIGHT)
    for check in judged.failed:
        session.events.host(check.host, Phase.PREFLIGHT, Status.FAILED, check.text)
    met = (one for check in judged.hosts.values() for one in check.trial.accepted)
    return replace(
        judged,
        hosts={host: _explained(session, check, candidate) for host, check in judged.hosts.items()},
        stale=candidate.acceptance.stale(met),
    )


def _explained(session: Session, check: HostCheck, candidate: Candidate) -> HostCheck:
    return replace(check, causes=explain(session, candidate, check.host, check.trial.regressions))


def explain(session: Session, candidate: Candidate, host: str, worse: tuple[ProbeVerdict, ...]) -> tuple[Cause, ...]:
    """A host's regressions, grouped by the changed lines that are likely behind them."""
    if not worse:
        return ()
    entries = candidate.desired[host].tree.entries
    changed = candidate.plan.changed.get(host, ())
    return located(session, causes(worse, changed, lambda path: followed(path, entries)))


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
        key = (_said(check), *(f"    | {line}" for line in words), *(f"    {lead}" for lead in leads))
        groups.setdefault(key, []).append(check.host)
    return "\n".join(f"  {', '.join(hosts)}: " + "\n".join(lines) for lines, hosts in groups.items())


def _said(check: HostCheck) -> str:
    """What the host said; of regressions only how many, for the screen shows each of them."""
    worse = len({one.request for one in check.trial.regressions})
    if not worse:
        return check.text
    return "1 request gets worse" if worse == 1 else f"{worse} requests get worse"


_INTENDED = (
    "Correct the changed lines shown. What is intended is declared with safedeploy_expect, or accepted once with "
    "--accept and the id that stands beside it."
)
_NEXT: Mapping[str, str] = {
    "lease-held": "Run the same command again when the other push has ended or its lease has expired; --wait waits for "
    "it, and `safedeploy unlock` takes a dead run's lease away.",
    "configtest-failed": "Correct the template or variable behind the line that httpd names, then check again.",
    "shadow-failed": "Correct what httpd names above: with this configuration it would not have come up.",
    "regression": _INTENDED,
    "not-shadowed": "Let the agent be root with namespaces on that host, or set preflight.without_namespaces to allow.",
    "restart-needed": "A graceful reload cannot apply this change: run the push with --allow-restart, at a quiet hour.",
    "live-changed": "Somebody edited the host after the plan was made: run the command again to plan anew.",
    "no-space": "Make room on the host (see the path and the numbers above), then run the command again.",
    "no-permission": "Give the connecting user the right to become root (ansible_become), then run the command again.",
    "bug": "This says nothing of the configuration: run `safedeploy check` again, and report what the host said if it "
    "comes back.",
    "unreachable": "Repair the access to the host, or leave it out with --limit.",
    "pending-exists": "Decide with `safedeploy confirm` or `safedeploy abort`, or wait for the end of the window; then "
    "run the command again.",
}


def _next_step(verdict: Preflight) -> str:
    return " ".join(dict.fromkeys(_hint(check) for check in verdict.failed))


def _hint(check: HostCheck) -> str:
    steps = dict.fromkeys(finding.next for finding in check.trial.findings if finding.is_error and finding.next)
    if check.code == "finding" and steps:
        return " ".join(steps)
    return _NEXT.get(check.code or "", "Correct what the message names, then run `safedeploy check` again.")


def check_and_release(session: Session, plays: Plays, candidate: Candidate) -> Preflight:
    """The preflight by itself: leases are given back whatever happens."""
    try:
        return run_preflight(session, plays, candidate)
    finally:
        release_leases(session, plays.directory, list(candidate.acting))
