"""What was adopted, as text and as a document: what became of each path, what stays on the hosts and why, the files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console

from safedeploy.cli.rows import Rows
from safedeploy.cli.screen import say
from safedeploy.core import counted
from safedeploy.core.adopt.choice import LeftKind
from safedeploy.core.adopt.project import Became
from safedeploy.core.layouts import KINDS
from safedeploy.core.plan import Verdict
from safedeploy.workflows.adopt import Adoption
from safedeploy.workflows.session import Target

_FOLDED = {
    LeftKind.PACKAGE: "as the packages of the distribution have it",
    LeftKind.MANAGED: "declared by the project already",
}


_CONTENTS = ("files/", "templates/", ".schema/")
_NAMED = {f"safedeploy_{kind}": kind for kind in KINDS}


def show(console: Console, target: Target, adoption: Adoption, *, dry_run: bool, full: bool) -> None:
    """Print what was found and done."""
    rows = Rows(console)
    environment = target.environment
    say(console, f"{environment}: {counted.hosts(len(adoption.hosts))} read, none changed", "bold")
    became = adoption.written.became
    say(console, f"\ntaken: {_paths(len({one.path for one in became}))}" if became else "\ntaken: nothing")
    for one in became:
        if one.how not in _NAMED:
            rows.row(one.how, f"{one.path}{_on(one.hosts, adoption.hosts)}: {one.why}{_with(one.variables)}")
    for how, hosts, names in _named(became):
        rows.row(_NAMED[how], f"{', '.join(names)}{_on(hosts, adoption.hosts)}: enabled, and not by a package")
    _show_left(console, rows, adoption, full=full)
    _show_change(console, rows, target, adoption, dry_run=dry_run, full=full)
    if adoption.empty:
        say(console, f"\nthe plan of {environment} is empty: a push would change no file on any host", "green")
    for host, plan in adoption.plan.hosts.items():
        if plan.verdict is Verdict.RELOAD:
            say(console, f"note: {host}: {plan.reason}; a push would reload it", "yellow")
    if adoption.empty and not dry_run and adoption.change:
        say(console, _next_steps(environment))


def _show_left(console: Console, rows: Rows, adoption: Adoption, *, full: bool) -> None:
    left = adoption.choice.left
    folded = Counter(one.kind for one in left if one.kind in _FOLDED and not full)
    say(console, f"\nleft on the hosts: {_paths(len({one.path for one in left}))}" if left else "\nleft: nothing")
    for one in left:
        if one.kind not in folded:
            style = "yellow" if one.kind is LeftKind.SECRET else ""
            rows.row(one.kind.value, f"{one.path}{_on(one.hosts, adoption.hosts)}: {one.why}", style)
    for kind, count in folded.items():
        rows.row(kind.value, f"{_paths(count)}, {_FOLDED[kind]} (--full lists them)", "dim")
    for path in adoption.choice.outside:
        rows.row("outside", f"{path}: httpd reads it, and it is below no directory that safedeploy looks into")
    for host, notes in adoption.notes.items():
        for note in notes:
            rows.row("note", f"{host}: {note}", "yellow")


def _show_change(
    console: Console, rows: Rows, target: Target, adoption: Adoption, *, dry_run: bool, full: bool
) -> None:
    change = adoption.change
    if not change:
        say(console, "\nnothing to write: there is nothing that the project does not have already")
        return
    count = len(change.new) + len(change.replaced)
    head = f"\nwould write {count} files to" if dry_run else f"\n{count} files written to"
    say(console, f"{head} {target.project}{' (dry run: nothing was written)' if dry_run else ''}", "bold")
    for before, after in change.moved.items():
        rows.row("moved", f"{before} -> {after}")
    for name in sorted(change.replaced):
        rows.row("emptied", f"{name}: the example of `safedeploy init`, which nobody had changed")
    for name in sorted(change.new) if full else _new(change.new):
        rows.row("new", name)


def _named(became: Iterable[Became]) -> list[tuple[str, tuple[str, ...], list[str]]]:
    """What is said by name: the variable, the hosts, and the names, once though a module has two links."""
    found: dict[tuple[str, tuple[str, ...]], dict[str, None]] = {}
    for one in became:
        if one.how in _NAMED:
            name = one.path.rpartition("/")[2].rpartition(".")[0]
            found.setdefault((one.how, one.hosts), {})[name] = None
    return [(how, hosts, list(names)) for (how, hosts), names in found.items()]


def _new(names: Iterable[str]) -> list[str]:
    """New files, those of contents as a number for each directory: what they are for is said above."""
    places = Counter("/".join(name.split("/")[:2]) if name.startswith(_CONTENTS) else name for name in names)
    return [
        f"{place}/ ({count} file{'' if count == 1 else 's'})" if place.startswith(_CONTENTS) else place
        for place, count in sorted(places.items())
    ]


def _next_steps(environment: str) -> str:
    return (
        "\nNext:\n"
        "  1. read the files before you commit them: not every secret can be told by its looks\n"
        f"  2. safedeploy push {environment}     records this as the first release: no file changes, no reload\n"
        f"  3. change a file, then plan and push as ever; `safedeploy rollback {environment} --to adopted` brings back "
        "what is there now"
    )


def _paths(count: int) -> str:
    return f"{count} path{'' if count == 1 else 's'}"


def _on(those: Sequence[str], hosts: Sequence[str]) -> str:
    return "" if len(those) == len(hosts) else f" on {', '.join(those)}"


def _with(variables: Iterable[str]) -> str:
    named = ", ".join(variables)
    return f"; differs by {named}" if named else ""


def differing(adoption: Adoption) -> list[str]:
    """The hosts on which a push would change a file."""
    return [host for host, plan in adoption.plan.hosts.items() if plan.verdict is Verdict.CHANGE]


def differences(adoption: Adoption) -> list[str]:
    """What a push would change, a line for each host and path."""
    return [
        f"{host}: {action.path}: {action.reason}"
        for host, plan in adoption.plan.hosts.items()
        for action in plan.changes
    ]


def document(environment: str, adoption: Adoption, *, dry_run: bool) -> dict[str, Any]:
    """`safedeploy adopt --json`."""
    change = adoption.change
    return {
        "format": "safedeploy-adopt",
        "version": 1,
        "environment": environment,
        "hosts": list(adoption.hosts),
        "written": bool(change) and not dry_run,
        "empty": adoption.empty,
        "taken": [
            {
                "path": one.path,
                "hosts": list(one.hosts),
                "how": one.how,
                "variables": list(one.variables),
                "why": one.why,
            }
            for one in adoption.written.became
        ],
        "left": [
            {"path": one.path, "hosts": list(one.hosts), "kind": one.kind.value, "why": one.why}
            for one in adoption.choice.left
        ],
        "outside": list(adoption.choice.outside),
        "notes": {host: list(notes) for host, notes in adoption.notes.items()},
        "files": {
            "new": sorted(change.new),
            "replaced": sorted(change.replaced),
            "moved": [{"from": before, "to": after} for before, after in change.moved.items()],
        },
        "differences": [
            {"host": host, "path": action.path, "reason": action.reason}
            for host, plan in adoption.plan.hosts.items()
            for action in plan.changes
        ],
    }
