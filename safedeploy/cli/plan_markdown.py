"""A plan for the comment on a change request: what a reviewer must see is on top, the rest is folded.

Never longer than a comment of GitHub may be. It begins with a line that nobody sees, by which a job finds its own
comment again, to renew it instead of writing another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from safedeploy.cli.plan_view import SIGN, fold, fold_examined, headline, kinds
from safedeploy.cli.preflight_view import differences, findings
from safedeploy.core import counted
from safedeploy.core.alike import without_name
from safedeploy.core.diff import Diff
from safedeploy.core.errors import SafedeployError
from safedeploy.core.examined import Examined
from safedeploy.core.markdown import Page, block, folded, inline, names, span
from safedeploy.core.plan import ActionKind, HostPlan
from safedeploy.workflows.planning import FleetPlan

# GitHub takes 65,536 characters.
LONGEST = 65_000
_LONGEST_DIFF = 12_000
_MOST_PATHS = 200


def plan_page(plan: FleetPlan, origin: str) -> str:
    """The comment; `origin` says in Markdown where the plan comes from (`origin_line`)."""
    page = Page(LONGEST)
    page.add(f"{marker(plan.environment)}\n### safedeploy plan for {span(plan.environment)}: {headline(plan)}")
    counts = kinds(plan)
    page.add(f"Release {span(plan.release)}" + (f" ({counts})" if counts else "") + (f"; {origin}" if origin else ""))
    for part in _warnings(plan):
        page.add(part, "warnings")
    for hosts, item in fold(plan):
        page.add(_hosts(hosts, item), "groups of hosts")
    for part in _meanings(plan):
        page.add(part, "answers of httpd")
    for hosts_of, diff in plan.diffs:
        page.add(_diff(hosts_of, diff, total=len(plan.hosts)), "differences")
    if plan.acts and not plan.missing:
        page.add(f"`safedeploy push {_word(plan.environment)} --plan FILE` pushes exactly this, or refuses.")
    return page.text()


def failure_page(environment: str, error: SafedeployError, origin: str) -> str:
    """The comment where there is no plan."""
    page = Page(LONGEST)
    page.add(f"{marker(environment)}\n### safedeploy plan for {span(environment)}: failed")
    page.add(block(f"error[{error.code}]: {error.what}", limit=30_000))
    page.add(f"- state: {span(error.state)}\n- next: {span(error.next_step, limit=4000)}")
    page.add(f"No plan was made; {origin}" if origin else "No plan was made.")
    return page.text()


def marker(environment: str) -> str:
    """The line by which a job finds its comment."""
    return f"<!-- safedeploy-plan {_word(environment)} -->"


def _word(text: str) -> str:
    return re.sub(r"[^\w.]+", "-", text, flags=re.ASCII).strip("-")


def origin_line(commit: str | None, run: str, job_url: str | None) -> str:
    """Where the plan comes from; `job_url` is a plain address (core/ci_job.py)."""
    parts = [f"commit {span(commit[:12])}"] if commit else []
    return ", ".join([*parts, f"run {span(run)}" + (f" of [this job]({job_url})" if job_url else "")])


def _warnings(plan: FleetPlan) -> Iterator[str]:
    if plan.missing:
        lines = [f"- {span(host)}: {span(why)}" for host, why in plan.missing.items()]
        yield _list(f"**{counted.hosts(len(lines))} could not be read: this plan is not complete**", lines)
    restart = [
        f"- {span(names(hosts))}: {span(why)}" for hosts, item in fold(plan) for why in _restart(plan, hosts, item)
    ]
    if restart:
        yield _list(
            "**A restart is needed**, which cuts the requests in flight: the push needs `--allow-restart`", restart
        )
    for hosts, examined in fold_examined(plan):
        if examined.refusal:
            yield f"**httpd refuses this configuration** on {span(names(hosts))}\n\n" + block(
                examined.refusal, limit=4000
            )
    notes = [f"- {span(names(hosts))}: {span(note)}" for hosts, item in fold(plan) for note in item.notes]
    edited = [
        f"- {span(names(hosts))}: {span(action.path)} was edited on the host, and would be overwritten"
        for hosts, item in fold(plan)
        for action in item.changes
        if action.edited
    ]
    if notes or edited:
        yield _list("**Before you approve**", [*edited, *notes])


def _restart(plan: FleetPlan, hosts: list[str], item: HostPlan) -> list[str]:
    examined = [plan.examined[host].restart for host in hosts if host in plan.examined]
    return list(dict.fromkeys([*item.restart, *(why for whys in examined for why in whys)]))


def _list(title: str, lines: list[str]) -> str:
    more = len(lines) - 30
    return "\n".join([title, "", *lines[:30], *([f"- and {more} more"] if more > 0 else [])])


def _hosts(hosts: list[str], item: HostPlan) -> str:
    summary = f"<b>{inline(names(hosts))}</b>: {item.verdict.value}: {inline(item.reason)}"
    looked_after = {one.path: one.text for one in item.looked_after}
    lines = []
    for action in item.changes[:_MOST_PATHS]:
        more = f"; {span(looked_after[action.path])}" if action.path in looked_after else ""
        origin = f", from {span(action.origin)}" if action.origin else ""
        lines.append(f"- {span(f'{SIGN[action.kind][0]} {action.path}')}: {span(action.reason)}{origin}{more}")
    if len(item.changes) > _MOST_PATHS:
        lines.append(f"- and {len(item.changes) - _MOST_PATHS} more")
    same = sum(action.kind is ActionKind.NONE for action in item.actions)
    if same:
        lines.append(f"- {same} paths stay as they are")
    return folded(summary, "\n".join(lines)) if lines else f"- {summary}"


def _meanings(plan: FleetPlan) -> Iterator[str]:
    """What httpd makes of it, once for hosts where it is the same but for their own names."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for host, item in plan.examined.items():
        groups.setdefault(tuple(without_name(host, line) for line in _meaning(item)), []).append(host)
    for hosts in groups.values():
        if lines := _meaning(plan.examined[hosts[0]]):
            shown = f" (as {inline(hosts[0])} says it)" if len(hosts) > 1 else ""
            yield folded(f"<b>{inline(names(hosts))}</b>: what this means to httpd{shown}", "\n".join(lines))


def _meaning(item: Examined) -> list[str]:
    if item.why:
        return [f"- not known: {span(item.why)}"]
    rows = [*differences(item.trial), *findings(item.trial), *(("note", text, "") for text in item.limits)]
    return [f"- {label or 'then'}: {span(text)}" for label, text, _ in rows]


def _diff(hosts: tuple[str, ...], diff: Diff, *, total: int) -> str:
    whom = "all hosts" if len(hosts) == total > 1 else inline(names(hosts))
    if not diff.text:
        return f"- {inline(diff.path)} on {whom}: {inline(diff.note)}"
    summary = f"{inline(diff.path)} on {whom}: {diff.added} lines added, {diff.removed} removed"
    return folded(summary, block(diff.text, "diff", limit=_LONGEST_DIFF))
