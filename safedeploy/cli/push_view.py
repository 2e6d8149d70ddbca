"""The last screen of a push: what happened, on which hosts, how long, where each host is now, the next command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from safedeploy.cli.rows import Rows
from safedeploy.cli.screen import plain, say, say_whole
from safedeploy.cli.traffic_view import show_traffic
from safedeploy.cli.verdict_view import show_cause
from safedeploy.core.errors import ExitCode
from safedeploy.core.hooks import HookRun
from safedeploy.core.outcome import End, HostEnd
from safedeploy.workflows.push_result import PushResult

_STYLE = {
    End.CONFIRMED: "green",
    End.UNCHANGED: "dim",
    End.UNTOUCHED: "yellow",
    End.REVERTED: "yellow",
    End.HELD: "bold yellow",
    End.PENDING: "bold red",
    End.STRANDED: "bold red",
}


def show_result(console: Console, result: PushResult, *, verb: str = "push") -> None:
    """Print the final screen."""
    show_ends(console, result.ends)
    show_traffic(console, result.traffic)
    _show_causes(console, result)
    _show_accepted(console, result)
    show_hooks(console, result.hooks)
    if result.trouble:
        say(console, f"the rollout was cut short on this machine: {result.trouble}", "bold red")
    say(console, _headline(result, verb), "bold")
    say(console, f"next: {_next(result)}")


def show_ends(console: Console, ends: Mapping[str, HostEnd]) -> None:
    """Print where each host is, and the steps for those that need hands."""
    table = Table(box=None, pad_edge=False, show_edge=False)
    for name in ("host", "end", "release", "took"):
        table.add_column(name)
    table.add_column("why", overflow="fold")
    for end in ends.values():
        seconds = f"{end.seconds:.2f} s" if end.seconds is not None else ""
        style = _STYLE[end.end]
        table.add_row(end.host, Text(end.end.value, style=style), end.release or "", seconds, plain(end.why))
    console.print()
    console.print(table)
    for end in ends.values():
        for line in end.went_back.lines(end.release) if end.went_back else ():
            say_whole(console, f"{end.host}: {line}", "yellow")
        _show_steps(console, end)


def show_hooks(console: Console, runs: Sequence[HookRun]) -> None:
    """Say which hooks failed, and their last words."""
    for run in runs:
        if not run.ok:
            say(console, f"the hook '{run.name}' ({run.when.value}) failed: {run.why}", "bold red")
            for line in run.output.splitlines()[-20:]:
                say(console, f"    | {line}")


def _show_steps(console: Console, end: HostEnd) -> None:
    if not end.steps:
        return
    say(console, f"{end.host} needs hands:", "bold red")
    for number, step in enumerate(end.steps, start=1):
        say_whole(console, f"  {number}. {step}")


def _show_accepted(console: Console, result: PushResult) -> None:
    """What --accept let pass, in one line: it is on the record of every host."""
    accepted = [one for check in result.preflight.hosts.values() for one in check.trial.verdicts if one.accepted]
    if accepted:
        number = len({one.request for one in accepted})
        what = "1 request that gets worse was" if number == 1 else f"{number} requests that get worse were"
        why = result.acceptance.reason or "no reason was given"
        say(console, f"{what} accepted by {result.acceptance.by}: {why}", "yellow")


def _show_causes(console: Console, result: PushResult) -> None:
    """What real servers answered worse than before, where that is why they went back; alike hosts once."""
    alike: dict[str, list[str]] = {}
    for host, causes in result.causes.items():
        alike.setdefault(repr(causes), []).append(host)
    for hosts in alike.values():
        say(console, f"{', '.join(hosts)}: the live server answered worse after the switch, and went back:", "bold red")
        for cause in result.causes[hosts[0]]:
            show_cause(Rows(console), cause)


def _headline(result: PushResult, verb: str) -> str:
    counts = Counter(end.end for end in result.ends.values())
    told = ", ".join(f"{number} {end.value}" for end, number in counts.items())
    took = sum(result.seconds.values())
    interrupted = "interrupted; " if result.interrupted else ""
    what = f"push of release {result.release} to {result.environment}"
    if verb == "rollback":
        what = f"rollback of {result.environment} to release {result.release}"
    if verb == "fix":
        what = f"release {result.release} put back on {result.environment}"
    return f"{what}: {interrupted}{told}; {took:.1f} s (run {result.run})"


def _next(result: PushResult) -> str:
    environment = result.environment
    if result.code is ExitCode.STRANDED:
        return f"follow the steps above on each named host, then: safedeploy status {environment}"
    if any(end.end is End.HELD for end in result.ends.values()):
        return f"look at it, then: safedeploy confirm {environment}, or safedeploy abort {environment}"
    if result.code is ExitCode.OK:
        return f"safedeploy status {environment}"
    if result.code is ExitCode.HOOK_FAILED:
        return f"the push itself is done; do by hand what the hook was to do, then: safedeploy status {environment}"
    if result.code is ExitCode.INTERRUPTED:
        return f"safedeploy plan {environment} shows what is still to be done"
    return f"correct the cause above, then: safedeploy check {environment}"
