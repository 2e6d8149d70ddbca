"""A drift check as text: what is not as it was deployed, once for all hosts alike, with when and perhaps by whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

from safedeploy.cli.job_log import group
from safedeploy.cli.rows import Rows
from safedeploy.cli.screen import plain, say, say_whole
from safedeploy.core import counted
from safedeploy.core.diff import Diff
from safedeploy.core.drift import Drift, DriftItem, DriftKind, Severity, Undeployed, fold
from safedeploy.workflows.save_patch import Kept

_LINE_STYLE = (("+++", "bold"), ("---", "bold"), ("@@", "cyan"), ("+", "green"), ("-", "red"))
_MOST_HOSTS = 5
_MOST_UNDEPLOYED = 20


def show_drift(console: Console, drift: Drift, *, diffs: bool = True) -> None:
    """Print what was found, the summary last."""
    items = drift.items
    by_key = {(item.host, item.fingerprint): item for item in items}
    for hosts, item in fold(items):
        alike = [by_key[one.host, one.fingerprint] for one in items if one.host in hosts and _same(one, item)]
        _show(console, hosts, item, alike, total=len(drift.hosts) + len(drift.missing), diffs=diffs)
    _show_undeployed(console, drift)
    _show_notes(console, drift)
    say(console, summary(drift), "bold")
    for line in _next(drift):
        say_whole(console, line)


def _same(one: DriftItem, other: DriftItem) -> bool:
    return (one.kind, one.path, one.text) == (other.kind, other.path, other.text)


def _show(
    console: Console, hosts: Sequence[str], item: DriftItem, alike: list[DriftItem], *, total: int, diffs: bool
) -> None:
    colour = "bold red" if item.severity is Severity.ERROR else "yellow"
    where = f"{item.path} on {_whom(hosts, total)}" if item.path else _whom(hosts, total)
    say(console, f"{item.kind.value}: {where}", colour)
    rows = Rows(console)
    rows.row("what", item.text)
    for one in alike[:_MOST_HOSTS]:
        _show_when(rows, one, alone=len(alike) == 1)
    if len(alike) > _MOST_HOSTS:
        rows.row("", f"and {len(alike) - _MOST_HOSTS} hosts more (--json has all)")
    for number, line in enumerate(item.remedy.splitlines()):
        say_whole(console, f"  {'to do' if number == 0 else '':<12}{line}")
    if item.diff is not None and diffs:
        _show_diff(console, item.diff)
    console.print()


def _show_when(rows: Rows, item: DriftItem, *, alone: bool) -> None:
    lead = "" if alone else f"{item.host}: "
    if item.changed:
        rows.row("changed", f"{lead}{_clock(item.changed)}")
    for hint in item.who:
        at = f" ({_clock(hint.at)})" if hint.at else ""
        rows.row("perhaps", f"{lead}{hint.source}: {hint.text}{at}")


def _clock(text: str) -> str:
    return text.replace("T", " ").replace("Z", " UTC")


def _whom(hosts: Sequence[str], total: int) -> str:
    return f"all {total} hosts" if len(hosts) == total > 1 else ", ".join(hosts)


def _show_diff(console: Console, diff: Diff) -> None:
    if diff.text:
        title = f"  released -> on the host: {diff.added} lines added, {diff.removed} removed"
        with group(console, title):
            for line in plain(diff.text).splitlines():
                style = next((style for prefix, style in _LINE_STYLE if line.startswith(prefix)), "")
                console.print(Text(f"  {line}", style=style))
    if diff.note:
        say(console, f"  {diff.note}")


def _show_undeployed(console: Console, drift: Drift) -> None:
    folded: dict[tuple[str, str], list[Undeployed]] = {}
    for one in drift.undeployed:
        folded.setdefault((one.path, one.text), []).append(one)
    if not folded:
        return
    say(console, "undeployed: the project has moved on, which is no drift", "cyan")
    total = len(drift.hosts) + len(drift.missing)
    for (path, text), alike in list(folded.items())[:_MOST_UNDEPLOYED]:
        say(console, f"  {path} on {_whom([one.host for one in alike], total)}: {text}")
    if len(folded) > _MOST_UNDEPLOYED:
        say(console, f"  and {len(folded) - _MOST_UNDEPLOYED} paths more")
    console.print()


def _show_notes(console: Console, drift: Drift) -> None:
    folded: dict[str, list[str]] = {}
    for name, host in drift.hosts.items():
        for note in host.notes:
            folded.setdefault(note, []).append(name)
    total = len(drift.hosts) + len(drift.missing)
    for note, hosts in folded.items():
        say(console, f"note: {_whom(hosts, total)}: {note}", "yellow")
    if drift.unrendered:
        say(
            console,
            f"note: the project was not rendered, so nothing is said of undeployed: {drift.unrendered}",
            "yellow",
        )


def summary(drift: Drift) -> str:
    """One line that says it all."""
    read = [item for host in drift.hosts.values() for item in host.items]
    counts = Counter(item.kind for item in read)
    told = ", ".join(f"{counts[kind]} {kind.value}" for kind in DriftKind if counts[kind])
    with_drift = len({item.host for item in read})
    parts = [f"{told} on {with_drift} of {counted.hosts(len(drift.hosts))}" if read else _clean(drift)]
    if drift.missing:
        parts.append(f"{counted.hosts(len(drift.missing))} not read")
    if drift.undeployed:
        parts.append(f"{len({one.path for one in drift.undeployed})} paths undeployed")
    return f"drift of {drift.environment}: {'; '.join(parts)}; {drift.seconds:.1f} s (run {drift.run})"


def _clean(drift: Drift) -> str:
    if not drift.hosts:
        return "no host was read"
    managed = sum(host.release is not None for host in drift.hosts.values())
    others = len(drift.hosts) - managed
    if not managed:
        return f"nothing is deployed on {counted.hosts(others)} yet"
    never = f", {others} never deployed to" if others else ""
    return f"none: {counted.hosts(managed)} as deployed{never}"


def _next(drift: Drift) -> Iterable[str]:
    environment = drift.environment
    if any(item.fixable for item in drift.items):
        yield f"next: safedeploy drift {environment} --fix puts back what was deployed, with all checks of a push"
    if any(item.kind is DriftKind.EDITED for item in drift.items):
        yield f"next: safedeploy drift {environment} --save-patch DIR keeps the hand edits, in the project where it can"
    if drift.undeployed:
        yield f"next: safedeploy plan {environment} shows what is undeployed"


def show_left(console: Console, drift: Drift) -> None:
    """What a push of the known-good release does not put right, and what a person can do about it."""
    for hosts, item in fold(item for item in drift.items if not item.fixable):
        where = f"{item.path} on {', '.join(hosts)}" if item.path else ", ".join(hosts)
        say(console, f"not put right by --fix: {item.kind.value}: {where}: {item.text}", "yellow")
        for line in item.remedy.splitlines():
            say_whole(console, f"  {line}")


def show_kept(console: Console, kept: Sequence[Kept], environment: str) -> None:
    """Where each hand edit went."""
    if not kept:
        say(console, "no hand edit of a file's content to keep")
    folded: dict[tuple[str, bool, tuple[str, ...], str], list[str]] = {}
    for one in kept:
        folded.setdefault((one.path, one.in_project, one.files, one.why), []).append(one.host)
    for (path, in_project, files, why), hosts in folded.items():
        edit = f"the edit of {path} on {', '.join(hosts)}"
        if in_project:
            say(console, f"in the project: {edit}: {', '.join(files)}", "green")
        elif files:
            say(console, f"in a patch: {edit}: {', '.join(files)} (not in the project: {why})", "yellow")
        else:
            say(console, f"not kept: {edit}: {why}", "bold red")
    if any(one.in_project for one in kept):
        say(console, f"next: git diff, commit, safedeploy plan {environment}; a push records it on the hosts")
