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
_LONGEST_NAME = 24


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
            self._live.update(Group(self._title(fleet, now), table(fleet, now, self._console.width)), refresh=True)
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


def table(fleet: WatchedFleet, now: float, width: int = 120) -> Table:
    """A row for each host, those with errors first; the graphs are as wide as the numbers beside them leave room."""
    found = Table(box=None, pad_edge=False, header_style="bold")
    numbers = {"/s": 7, "5xx": 6, "p95": 8, "workers": 7}
    names = min(_LONGEST_NAME, max(map(len, fleet.rows), default=4))
    wide = max(8, min(_WIDE, (width - names - sum(numbers.values()) - 2 * (len(numbers) + 2)) // 2))
    for name in ("host", "requests", "/s", "errors", "5xx", "p95", "workers"):
        room = numbers.get(name, names if name == "host" else wide)
        found.add_column(
            name, justify="right" if name in numbers else "left", no_wrap=True, min_width=room, max_width=room
        )
    most = max((one.requests for row in fleet.rows.values() for one in row.ticks), default=1) or 1
    order = sorted(fleet.rows, key=lambda host: (-_lately(fleet.rows[host]).errors, host))
    for host in order[:_MOST_ROWS]:
        row = fleet.rows[host]
        recent = _lately(row)
        silent = now - row.heard >= 3 * fleet.every + 5
        found.add_row(
            Text(host, style="bold red" if silent else ""),
            Text(graph((one.requests for one in row.ticks), most, wide), style="cyan"),
            f"{recent.requests / (6 * fleet.every):.1f}",
            Text(_errors(row, wide, now - row.heard if silent else None), style="red"),
            wording.share(recent.errors / recent.requests) if recent.requests else "-",
            "-" if row.p95 is None else f"{row.p95:.0f} ms",
            "-" if row.busy is None else f"{row.busy}/{row.busy + (row.idle or 0)}",
        )
    if len(order) > _MOST_ROWS:
        found.add_row(f"and {len(order) - _MOST_ROWS} more")
    return found


def _errors(row: HostRow, width: int, silent: float | None) -> str:
    """The errors of a host as a graph; or for how long nothing was heard of it."""
    if silent is not None:
        return f"silent {wording.ago(silent)}"
    worst = max((one.errors for one in row.ticks), default=0)
    return graph((one.errors for one in row.ticks), worst, width) if worst else ""


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
