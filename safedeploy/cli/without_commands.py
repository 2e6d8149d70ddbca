"""A stream for the log of a GitHub job, in which only safedeploy's own commands are commands.

GitHub's runner looks at every line of standard output and standard error for workflow commands (`::set-env`,
`::add-mask`, `::stop-commands`) and obeys them. What hosts say is printed there too. As the runner reads lines
(Runner.Common, ActionCommand.cs) a command begins with `::` after blanks at the start of a line, or with `##[` anywhere
in it. Both get a space in between here, which a person reads past and the runner does not know.
"""

from __future__ import annotations

import re
from typing import Any, TextIO

# A line of the runner's ends at a carriage return as well.
_COMMAND = re.compile(r"(?:(?<=[\r\n])|\A)[^\S\r\n]*:(?=:)|##(?=\[)")
_LINE_END = re.compile(r"[\r\n]")


class WithoutCommands:
    """Passes everything on to the stream so that the runner finds no command in it; `command` is the way for those."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._line = ""  # what the stream's last line holds, as far as it matters for what may follow

    def write(self, text: str) -> int:
        """Write text that is no command, in whatever pieces it comes."""
        if not text:
            return self._stream.write(text)
        known = self._line
        fit = _COMMAND.sub(lambda match: f"{match.group()} ", known + text)
        self._stream.write(fit[len(known) :])
        self._line = _rest(fit)
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """Write each."""
        for line in lines:
            self.write(line)

    def command(self, line: str) -> None:
        """Write a command, in a line of its own."""
        self._stream.write(f"\n{line}\n" if self._line else f"{line}\n")
        self._stream.flush()
        self._line = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _rest(text: str) -> str:
    """Of the line that goes on, what decides whether the next piece makes a command of it."""
    line = _LINE_END.split(text)[-1]
    return line if not line.strip(" \t\x0b\x0c:") and len(line) < 1000 else f"x{line[-2:]}" if line else ""
