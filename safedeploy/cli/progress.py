"""What is shown while a command works: a live table on a terminal, plain lines elsewhere. Standard error only."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from rich.live import Live
from rich.table import Table
from rich.text import Text

from safedeploy.cli.job_log import Group
from safedeploy.cli.screen import err, plain, say
from safedeploy.workflows.events import Milestone, Phase, Status

_MARK = {
    Status.RUNNING: ("…", "yellow"),
    Status.OK: ("ok", "green"),
    Status.FAILED: ("FAILED", "bold red"),
    Status.SKIPPED: ("skipped", "dim"),
}
_COLUMNS = (Phase.OBSERVE, Phase.PREFLIGHT, Phase.ROLLOUT, Phase.SETTLE)
# Folded in the log of a CI job: nothing is live in it yet, and what it found is shown after it.
_FOLDED = (Phase.PREFLIGHT,)
_MOST_ROWS = 30


@dataclass(kw_only=True)
class _Cell:
    status: Status
    text: str


class Progress:
    """The listener of the command line; a context manager. `quiet` shows nothing but failures."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = err()
        self._quiet = quiet
        self._rows: dict[str, dict[Phase, _Cell]] = {}
        self._title = ""
        self._started = time.monotonic()
        self._lock = threading.Lock()
        self._group: Group | None = None
        self._live: Live | None = None
        if self._console.is_terminal and not quiet:
            self._live = Live(console=self._console, get_renderable=self._table, refresh_per_second=8, transient=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.pause()

    def mute(self) -> None:
        """Show nothing but failures from now on."""
        self.pause()
        self._quiet = True

    def pause(self) -> None:
        """Take the live table off the screen, before something else is printed or asked."""
        with self._lock:
            self._end_group()
        if self._live is not None and self._live.is_started:
            self._live.stop()

    def phase(self, phase: Phase, text: str) -> None:
        """A phase begins."""
        with self._lock:
            self._title = f"{phase.value}: {text}"
            if self._live is None:
                self._end_group()
                if not self._quiet and phase not in (Phase.RESOLVE, Phase.PLAN):
                    self._say_phase(phase, f"[{self._elapsed()}] {self._title}")
            elif not self._live.is_started and phase in (*_COLUMNS, Phase.WAIT):
                self._live.start()

    def host(self, host: str, phase: Phase, status: Status, text: str) -> None:
        """Something is known about one host."""
        with self._lock:
            cell = self._rows.setdefault(host, {}).get(phase)
            if cell is not None and cell.status is Status.FAILED:
                return  # the first failure stays on the screen
            self._rows[host][phase] = _Cell(status=status, text=text)
            if self._live is None and not self._quiet and status is not Status.RUNNING and text:
                mark, _style = _MARK[status]
                if status is Status.FAILED:
                    self._end_group()  # a failure is not folded away
                say(self._console, f"[{self._elapsed()}]   {host}: {mark}: {_first_line(text)}")

    def output(self, text: str) -> None:
        """A piece of Ansible's own output."""
        with self._lock:
            say(self._console, text)

    def milestone(self, milestone: Milestone, data: Mapping[str, Any]) -> None:
        """Not shown: the command itself shows how it ended."""

    def _say_phase(self, phase: Phase, text: str) -> None:
        if phase in _FOLDED:
            self._group = Group(self._console, text, folded=False)
        else:
            say(self._console, text)

    def _end_group(self) -> None:
        if self._group is not None:
            self._group.end()
            self._group = None

    def _elapsed(self) -> str:
        return f"{time.monotonic() - self._started:6.1f} s"

    def _table(self) -> Table:
        table = Table(title=f"{self._title}   {self._elapsed()}", title_justify="left", box=None, pad_edge=False)
        table.add_column("host")
        for phase in _COLUMNS:
            table.add_column(phase.value, min_width=9)
        table.add_column("")
        rows = list(self._rows.items())
        rows.sort(key=lambda row: _urgency(row[1]))
        for host, cells in rows[:_MOST_ROWS]:
            marks = [Text(*_MARK[cells[phase].status]) if phase in cells else Text("") for phase in _COLUMNS]
            last = next((cells[phase] for phase in reversed(_COLUMNS) if phase in cells), None)
            text = _first_line(last.text) if last else ""
            table.add_row(host, *marks, Text(text, overflow="ellipsis", no_wrap=True))
        if len(rows) > _MOST_ROWS:
            table.add_row(f"and {len(rows) - _MOST_ROWS} more", *[""] * len(_COLUMNS), "")
        return table


def _first_line(text: str) -> str:
    """The whole message comes at the end; while hosts are still at work, its first line must do."""
    return next(iter(plain(text).splitlines()), "")


def _urgency(cells: dict[Phase, _Cell]) -> int:
    statuses = {cell.status for cell in cells.values()}
    if Status.FAILED in statuses:
        return 0
    return 1 if Status.RUNNING in statuses else 2
