"""The runs of an environment, one line each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from safedeploy.cli.screen import plain, say
from safedeploy.core.history import Made, Run
from safedeploy.workflows.history import Listed


def show(console: Console, environment: str, found: Listed) -> None:
    """Print the table; when there is nothing to show, why."""
    if not found.runs:
        say(console, f"no run of {environment} is recorded that is like this; runs are recorded from the first one on")
        return
    table = Table(box=None, pad_edge=False, show_edge=False)
    for name in ("when (UTC)", "run", "command", "by", "commit", "result"):
        table.add_column(name, no_wrap=True)
    table.add_column("reason", overflow="fold")
    for run in found.runs:
        table.add_row(*_row(run, found.summaries[run.run]))
    console.print(table)
    say(console, "next: safedeploy show RUN, or the beginning of it")


def _row(run: Run, summary: str) -> Sequence[Text | str]:
    style = "bold red" if run.failed else ""
    rebuilt = " (rebuilt)" if run.made is Made.REBUILT else ""
    return (
        when(run.started),
        run.run,
        run.command,
        plain(run.actor),
        commit(run),
        Text(plain(summary) + rebuilt, style=style),
        plain(run.reason),
    )


def when(moment: datetime) -> str:
    """To the second, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def commit(run: Run) -> str:
    """Its first letters; * when there were changes that were not committed."""
    return f"{run.commit[:8]}{'*' if run.dirty else ''}" if run.commit else "-"


def document(environment: str, found: Listed) -> dict[str, Any]:
    """`safedeploy history --json`."""
    return {
        "format": "safedeploy-history",
        "version": 1,
        "environment": environment,
        "runs": [{**run.to_json(), "summary": found.summaries[run.run]} for run in found.runs],
        "notes": list(found.notes),
    }
