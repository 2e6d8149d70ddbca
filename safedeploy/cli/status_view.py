"""The state of every host as a table."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from safedeploy.cli.screen import plain, say_whole
from safedeploy.core.observed import Observed
from safedeploy.workflows.observe import Seen

_MOST_PATHS = 100


def show_status(console: Console, seen: Seen, order: Sequence[str]) -> None:
    """Print one row for each host, and below what needs attention."""
    table = Table(box=None, pad_edge=False, show_edge=False)
    for name in ("host", "live", "known-good", "since", "by", "httpd", "files"):
        table.add_column(name)
    for host in order:
        if host in seen.hosts:
            table.add_row(host, *_row(seen.hosts[host]))
        else:
            table.add_row(host, Text("not read", style="bold red"), *[""] * 5)
    console.print(table)
    for host in order:
        for text in _attention(seen, host):
            say_whole(console, f"{host}: {text}", "yellow")


def _row(observed: Observed) -> tuple[Text | str, ...]:
    return (
        observed.current or "not managed",
        observed.known_good or "",
        (observed.since or "")[:19].replace("T", " "),
        plain(observed.by or ""),
        _httpd(observed),
        _files(observed),
    )


def _httpd(observed: Observed) -> Text:
    httpd = observed.httpd
    if not httpd.installed:
        return Text("not installed", style="bold red")
    if not httpd.running:
        return Text("down", style="bold red")
    words = {True: ("up, loaded", "green"), False: ("up, not reloaded", "yellow"), None: ("up", "green")}
    return Text(*words[httpd.loaded])


def _files(observed: Observed) -> Text:
    if observed.current is None:
        return Text("")
    edited = sum(observed.edited(path) for path in observed.live)
    return Text(f"{edited} edited", style="yellow") if edited else Text("as released", style="green")


def _attention(seen: Seen, host: str) -> list[str]:
    if host not in seen.hosts:
        return [seen.missing.get(host, "not read")]
    observed = seen.hosts[host]
    found = list(observed.problems)
    if observed.pending is not None:
        pending = observed.pending
        what = "held for a person" if pending.held else "pending"
        found.append(
            f"{what}: release {pending.release} of run {pending.run} by {pending.by}, since {pending.since}, until "
            f"{pending.until}"
        )
        if pending.dead_man:
            found.append(f"dead-man: {pending.dead_man}" + (" (GONE)" if pending.guarded is False else ""))
    if observed.stranded is not None:
        found.append(f"STRANDED since {observed.stranded.get('since')}: {observed.stranded.get('cause')}")
        found += [f"  {number}. {step}" for number, step in enumerate(observed.stranded.get("steps") or (), start=1)]
    if observed.went_back is not None and observed.still_back:
        found += observed.went_back.lines(observed.current)
    if observed.drained is not None:
        out = observed.drained
        found.append(f"out of service (drained) since {out.get('since')} by {out.get('by')}, run {out.get('run')}")
    if observed.lease is not None:
        lease = observed.lease
        found.append(f"lease: held by {lease.get('holder')} since {lease.get('since')} until {lease.get('until')}")
    edited = [path for path in sorted(observed.live) if observed.edited(path)]
    found += [f"edited: {path}" for path in edited[:_MOST_PATHS]]
    if len(edited) > _MOST_PATHS:
        found.append(f"edited: {len(edited) - _MOST_PATHS} more")
    if observed.httpd.reason and observed.httpd.loaded is not True:
        found.append(f"httpd: {observed.httpd.reason}")
    return found
