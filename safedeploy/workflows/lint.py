"""Lint what is rendered for every host: alike ones once, findings where the project has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from safedeploy.core import counted
from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.core.lint_choice import LintFailure
from safedeploy.core.policy import Lint
from safedeploy.lint import outcome as outcomes
from safedeploy.lint.engine import Report, run
from safedeploy.lint.finding import Finding
from safedeploy.lint.outcome import Outcome, Placed
from safedeploy.lint.syntax.lines import decode
from safedeploy.workflows import template_lines
from safedeploy.workflows.desired import Desired
from safedeploy.workflows.events import Phase
from safedeploy.workflows.lint_alike import likeness
from safedeploy.workflows.lint_tree import facts_of, files_of
from safedeploy.workflows.session import Session


def lint(session: Session, desired: Mapping[str, Desired], settings: Lint | None = None) -> Outcome:
    """Lint every host's tree, by the environment's settings if no others are given.

    What stored releases have is not judged: it was good when it was confirmed.
    """
    wanted = settings or session.policy.lint
    known = {host.name: host for host in session.hosts}
    groups: dict[str, list[str]] = {}
    for host, item in desired.items():
        if item.release is None:
            groups.setdefault(likeness(item, known.get(host)), []).append(host)
    session.events.phase(Phase.LINT, counted.hosts(sum(map(len, groups.values()))))
    found: dict[tuple[object, ...], tuple[Finding, str, list[str]]] = {}
    reports: list[Report] = []
    for hosts in groups.values():
        item = desired[hosts[0]]
        httpd = item.site["httpd"]
        report = run(
            files_of(item),
            facts_of(item),
            wanted,
            main=httpd["main_config"],
            server_root=item.site["server_root"],
        )
        reports.append(report)
        for finding in report.findings:
            text = _line(item, finding)
            _, _, affected = found.setdefault((*finding.order, text), (finding, text, []))
            affected += hosts
    placed = {
        _place(session, desired[hosts[0]], finding, text, tuple(hosts)) for finding, text, hosts in found.values()
    }
    return Outcome(
        findings=outcomes.in_order(_folded(placed)),
        files=tuple(sorted({path for report in reports for path in report.configuration.read})),
        configurations=len(groups),
        hosts=tuple(host for hosts in groups.values() for host in hosts),
        ignored=sum(len(report.ignored) for report in reports),
        failed=tuple(dict.fromkeys(one for report in reports for one in report.failed)),
        unknown=tuple(dict.fromkeys(text for report in reports for text in report.configuration.unknown)),
    )


def require_clean(outcome: Outcome, fail_on: LintFailure, *, again: str) -> None:
    """Raise exit 4 when a finding refuses. `again` is the command that shows them."""
    refusing = outcome.refusing(fail_on)
    if refusing:
        places = ", ".join(dict.fromkeys(one.place for one in refusing[:3]))
        more = f" and {len(refusing) - 3} more places" if len(refusing) > 3 else ""
        raise SafedeployError(
            "lint-refused",
            f"the linter found {outcomes.counted(outcome)}: {places}{more}",
            next_step=f"Correct what the findings above name, then run `{again}`. `safedeploy explain RULE` tells "
            "more; what is meant to be so is said in a comment: # safedeploy: ignore RULE reason",
            exit_code=ExitCode.REFUSED,
        )


def _line(item: Desired, finding: Finding) -> str:
    """The line of a finding as rendered; nothing of a secret file."""
    content = _content(item, finding.path)
    lines = (content or "").split("\n")
    number = finding.position.line
    if finding.path in item.tree.secret_paths or not 0 < number <= len(lines):
        return ""
    return lines[number - 1]


def _content(item: Desired, path: str) -> str | None:
    entry = item.tree.entries.get(path)
    content = item.tree.content.get(entry.sha256 or "") if entry is not None else None
    return None if content is None else decode(content)


def _place(session: Session, item: Desired, finding: Finding, text: str, hosts: tuple[str, ...]) -> Placed:
    origin = item.tree.origin.get(finding.path)
    content = _content(item, finding.path)
    position = finding.position
    where = None
    if origin is not None and content is not None:
        where = template_lines.place(session, origin, content, position.line)
    hidden = replace(finding, message=session.hide(finding.message), remedy=session.hide(finding.remedy), fix=None)
    file, line, exact = where if where is not None else (finding.path, position.line, True)
    return Placed(
        finding=hidden,
        file=file,
        line=line,
        column=position.column if exact else None,
        text=outcomes.shown(session.hide(text)),
        hosts=hosts,
    )


def _folded(placed: set[Placed]) -> list[Placed]:
    """What one template line gives on many hosts, in other words each time, as one finding with all of them."""
    folded: dict[tuple[object, ...], Placed] = {}
    for one in outcomes.in_order(placed):
        key = (one.file, one.line, one.finding.rule, one.finding.severity) if one.line is not None else (one.finding,)
        first = folded.setdefault(key, one)
        if first is not one:
            folded[key] = replace(first, hosts=tuple(dict.fromkeys((*first.hosts, *one.hosts))))
    return list(folded.values())
