"""A watch on the screen: a live table on a terminal, a line a minute and one for each alert elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from safedeploy.cli import screen
from safedeploy.cli.rows import Rows
from safedeploy.core.diagnose import wording
from safedeploy.core.watch.detector import Counts
from safedeploy.core.watch.fleet import HostRow, WatchedFleet
from safedeploy.core.watch.said import Said

_BARS = " ▁▂▃▄▅▆▇█"
_MOST_ROWS = 30
_LINE_EVERY = 60.0
_WIDE = 30  # ticks in a graph


def graph(values: Iterable[float], most: float, width: int = _WIDE) -> str:
    """Numbers as a row of bars, the newest on the right."""
    found = list(values)[-width:]
    bars = [
        _BARS[min(len(_BARS) - 1, -(-int(1000 * value) * (len(_BARS) - 1) // max(1, int(1000 * most))))]
        for value in found
    ]
    return "".join(bars).rjust(width)


class WatchView:
    """A context manager; `quiet` prints nothing (for --json)."""

    def __init__(self, console: Console, environment: str, every: float, *, quiet: bool) -> None:
        self._console, self._environment, self._every, self._quiet = console, environment, every, quiet
        self._live: Live | None = None
        self._line_due = time.monotonic() + _LINE_EVERY
        if console.is_terminal and not quiet:
            self._live = Live(console=console, auto_refresh=False, transient=True)

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _tb: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def ticked(self, fleet: WatchedFleet, now: float) -> None:
        """Show the numbers."""
        if self._quiet:
            return
        if self._live is not None:
            self._live.update(Group(self._title(fleet, now), table(fleet, now)), refresh=True)
        elif time.monotonic() >= self._line_due:
            self._line_due = time.monotonic() + _LINE_EVERY
            screen.say(self._console, line(fleet, now))

    def said(self, said: Said) -> None:
        """Show an alert, and keep it on the screen."""
        if self._quiet:
            return
        style = "bold red" if said.trouble.opened else "bold green"
        screen.say(self._console, f"{_clock(said.trouble.at)} {said.headline}", style)
        rows = Rows(self._console)
        for number, text in enumerate(said.lines):
            rows.row("known" if number == 0 else "", text)
        if said.next_step:
            screen.say_whole(self._console, f"  {'next':<12}{said.next_step}")

    def acted(self, text: str) -> None:
        """Show what the watch has done."""
        screen.say(screen.err(), f"{_clock(time.time())} {text}", "bold yellow")

    def _title(self, fleet: WatchedFleet, now: float) -> Text:
        count = sum(len(spikes) for spikes in fleet.open.values())
        state = f"{count} open" if count else "well"
        return Text(
            f"watch of {self._environment} at {_clock(now)}: {state}", style="bold red" if count else "bold green"
        )


def table(fleet: WatchedFleet, now: float) -> Table:
    """A row for each host, those with errors first."""
    found = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("host", "requests", "/s", "errors", "5xx", "p95", "workers", ""):
        right = name in ("/s", "5xx", "p95", "workers")
        found.add_column(name, justify="right" if right else "left", no_wrap=True)
    most = max((one.requests for row in fleet.rows.values() for one in row.ticks), default=1) or 1
    order = sorted(fleet.rows, key=lambda host: (-_lately(fleet.rows[host]).errors, host))
    for host in order[:_MOST_ROWS]:
        row = fleet.rows[host]
        recent = _lately(row)
        worst = max((one.errors for one in row.ticks), default=0) or 1
        heard = "" if now - row.heard < 3 * fleet.every + 5 else f"not heard for {wording.ago(now - row.heard)}"
        found.add_row(
            host,
            Text(graph((one.requests for one in row.ticks), most), style="cyan"),
            f"{recent.requests / (6 * fleet.every):.1f}",
            Text(
                graph((one.errors for one in row.ticks), worst) if any(one.errors for one in row.ticks) else "",
                style="red",
            ),
            wording.share(recent.errors / recent.requests) if recent.requests else "-",
            "-" if row.p95 is None else f"{row.p95:.0f} ms",
            "-" if row.busy is None else f"{row.busy}/{row.busy + (row.idle or 0)}",
            Text(heard, style="bold red"),
        )
    if len(order) > _MOST_ROWS:
        found.add_row(f"and {len(order) - _MOST_ROWS} more")
    return found


def line(fleet: WatchedFleet, now: float) -> str:
    """The last minute of all hosts in a line."""
    whole = sum((_lately(row) for row in fleet.rows.values()), Counts())
    heard = sum(now - row.heard < 3 * fleet.every + 5 for row in fleet.rows.values())
    share = wording.share(whole.errors / whole.requests) if whole.requests else "-"
    count = sum(len(spikes) for spikes in fleet.open.values())
    return (
        f"{_clock(now)} {heard} of {len(fleet.rows)} hosts heard, {whole.requests / (6 * fleet.every):.1f} requests/s, "
        f"5xx {share}, {count or 'no'} alert{'' if count == 1 else 's'} open"
    )


def _lately(row: HostRow) -> Counts:
    return sum(list(row.ticks)[-6:], Counts())


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S UTC")
