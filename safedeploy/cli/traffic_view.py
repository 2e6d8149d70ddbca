"""What visitors got after each batch, for the last screen of a push."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from safedeploy.cli.rows import Rows
from safedeploy.core.traffic import BatchTraffic

_STYLE = {"go": "green", "too-little": "yellow", "stop": "bold red"}
_NOTES = 5


def show_traffic(console: Console, batches: Sequence[BatchTraffic]) -> None:
    """One row for each batch, and rows for what else was seen there; nothing when nobody looked."""
    if not batches:
        return
    console.print()
    rows = Rows(console)
    for batch in batches:
        rows.row("traffic", batch.line, _STYLE.get(batch.verdict, ""))
        for warning in batch.warnings:
            rows.row("", f"warning: {warning}", "yellow")
        for kind in batch.signatures:
            times = "once" if kind.count == 1 else f"{kind.count} times"
            rows.row("", f"new in the error log: {kind.key} ({kind.level}, {times}): {kind.sample}", "yellow")
        for host, workers in batch.workers.items():
            if workers.busy and not workers.idle:
                rows.row("", f"{host}: all {workers.busy} workers are busy", "yellow")
        for note in batch.notes[:_NOTES]:
            rows.row("", f"not counted: {note}", "dim")
