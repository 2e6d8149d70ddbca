"""A plan as text: what would change, where, and why; equal changes of many hosts once."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.text import Text

from safedeploy.cli.job_log import group
from safedeploy.cli.preflight_view import differences, findings
from safedeploy.cli.rows import Rows
from safedeploy.cli.screen import plain, say
from safedeploy.core.diff import Diff
from safedeploy.core.examined import Examined
from safedeploy.core.plan import ActionKind, HostPlan, Verdict
from safedeploy.workflows.planning import FleetPlan

SIGN = {
    ActionKind.CREATE: ("+", "green"),
    ActionKind.CHANGE: ("~", "yellow"),
    ActionKind.DELETE: ("-", "red"),
    ActionKind.ATTRIBUTES: ("m", "yellow"),
    ActionKind.LINK: ("l", "cyan"),
    ActionKind.NONE: (" ", "dim"),
}
_LINE_STYLE = (("+++", "bold"), ("---", "bold"), ("@@", "cyan"), ("+", "green"), ("-", "red"))


def show_plan(console: Console, plan: FleetPlan, *, diffs: bool = True, everything: bool = False) -> None:
    """Print the plan. `everything` also lists the paths that stay as they are, with their reasons."""
    for alike, item in fold(plan):
        _show_group(console, alike, item, everything=everything)
    if diffs:
        for hosts, diff in plan.diffs:
            _show_diff(console, hosts, diff, total=len(plan.hosts))
    for alike, examined in fold_examined(plan):
        _show_examined(console, alike, examined)
    for host, reason in plan.missing.items():
        say(console, f"{host}: not read: {reason}", "bold red")
    say(console, summary(plan), "bold")


def fold(plan: FleetPlan) -> list[tuple[list[str], HostPlan]]:
    """Hosts whose plans read the same are shown together."""
    groups: dict[object, tuple[list[str], HostPlan]] = {}
    for host, item in plan.hosts.items():
        key = (
            item.verdict,
            item.reason,
            item.restart,
            item.notes,
            item.looked_after,
            tuple((a.path, a.kind, a.reason) for a in item.actions),
        )
        groups.setdefault(key, ([], item))[0].append(host)
    return list(groups.values())


def _show_group(console: Console, hosts: list[str], item: HostPlan, *, everything: bool) -> None:
    style = "bold" if item.verdict.acts else "dim"
    say(console, f"{', '.join(hosts)}: {item.verdict.value}: {item.reason}", style)
    looked_after = {one.path: one.text for one in item.looked_after}
    for action in item.actions:
        if action.kind is ActionKind.NONE and not everything:
            continue
        sign, colour = SIGN[action.kind]
        say(console, f"  {sign} {action.path}  ({action.reason})", colour)
        if action.path in looked_after:
            say(console, f"      {looked_after[action.path]}")
    if item.verdict is Verdict.CHANGE or item.verdict is Verdict.RELOAD:
        how = "a restart is needed (--allow-restart)" if item.restart else "a graceful reload is enough"
        say(console, f"  {how}")
    for why in item.restart:
        say(console, f"    restart: {why}", "yellow")
    for note in item.notes:
        say(console, f"  note: {note}", "yellow")
    console.print()


def _show_diff(console: Console, hosts: tuple[str, ...], diff: Diff, *, total: int) -> None:
    whom = "all hosts" if len(hosts) == total > 1 else ", ".join(hosts)
    if not diff.text:
        say(console, f"{diff.path} on {whom}: {diff.note}", "bold")
        console.print()
        return
    with group(console, f"{diff.path} on {whom}: {diff.added} lines added, {diff.removed} removed", style="bold"):
        for line in plain(diff.text).splitlines():
            style = next((style for prefix, style in _LINE_STYLE if line.startswith(prefix)), "")
            console.print(Text(line, style=style))
    console.print()


def fold_examined(plan: FleetPlan) -> list[tuple[list[str], Examined]]:
    """Hosts of which httpd says the same, together."""
    groups: dict[str, tuple[list[str], Examined]] = {}
    for host, item in plan.examined.items():
        groups.setdefault(repr(item), ([], item))[0].append(host)
    return list(groups.values())


def _show_examined(console: Console, hosts: list[str], item: Examined) -> None:
    rows = Rows(console)
    named = ", ".join(hosts)
    if item.why:
        say(console, f"{named}: what this means to httpd is not known: {item.why}", "yellow")
    elif item.refusal:
        say(console, f"{named}: httpd refuses this configuration:", "bold red")
        for line in item.refusal.splitlines():
            rows.row("httpd says", line, "red")
    else:
        said = "means to httpd" if item.differences else "means nothing else to httpd than the present configuration"
        say(console, f"{named}: {said}{':' if item.differences else ''}", "bold" if item.differences else "")
    for label, text, style in (*differences(item.trial), *findings(item.trial)):
        rows.row(label, text, style)
    for text in item.restart:
        rows.row("restart", text, "yellow")
    for text in item.limits:
        rows.row("note", text, "yellow")
    console.print()


def summary(plan: FleetPlan) -> str:
    """One line that says it all."""
    tail = f" ({found})" if (found := kinds(plan)) else ""
    return f"plan for {plan.environment}, release {plan.release}: hosts: {headline(plan)}{tail}"


def headline(plan: FleetPlan) -> str:
    """How many hosts would be changed, reloaded, recorded, left alone."""
    counts = Counter(item.verdict for item in plan.hosts.values())
    parts = [f"{counts[verdict]} {text}" for verdict, text in _WORDS if counts[verdict]]
    if plan.missing:
        parts.append(f"{len(plan.missing)} not read")
    return ", ".join(parts) or "none"


def kinds(plan: FleetPlan) -> str:
    """How many paths would be created, changed, deleted, over all hosts."""
    found = Counter(action.kind for item in plan.hosts.values() for action in item.changes)
    return ", ".join(f"{number} {kind.value}" for kind, number in found.items())


_WORDS = (
    (Verdict.CHANGE, "to change"),
    (Verdict.RELOAD, "to reload"),
    (Verdict.RECORD, "to record"),
    (Verdict.NOTHING, "with nothing to do"),
)
