"""Rows with a label and a text that hangs beside it, at any width of the screen."""

from __future__ import annotations

import textwrap

from rich.console import Console
from rich.text import Text

from safedeploy.cli.screen import plain

LABEL = 12
WIDEST = 120


class Rows:
    """Prints rows: two spaces, the label, the text. Where nothing folds lines (a log), each row is one line."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._width = min(console.width, WIDEST) if console.is_terminal else console.width

    def row(self, label: str, text: str, style: str = "", *, deeper: int = 0) -> None:
        """One row; `deeper` moves the text to the right."""
        lead = f"  {label:<{LABEL}}" + " " * deeper
        hanging = " " * len(lead)
        lines = plain(text).splitlines() or [""]
        for number, line in enumerate(lines):
            self._line(lead if number == 0 else hanging, hanging, line, style)

    def _line(self, lead: str, hanging: str, line: str, style: str) -> None:
        folded = textwrap.wrap(
            line,
            width=max(self._width, len(lead) + 20),
            initial_indent=lead,
            subsequent_indent=hanging,
            break_on_hyphens=False,
            drop_whitespace=True,
        )
        for part in folded or [lead.rstrip()]:
            shown = Text(part)
            shown.stylize(style, len(lead))
            self._console.print(shown)
