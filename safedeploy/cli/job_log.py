"""The log of a CI job: groups that fold, notes beside the change, and hosts' words that stay words.

What each platform understands is its own: GitHub's workflow commands (`::group::`; "Workflow commands for GitHub
Actions"), GitLab's section markers ("Custom collapsible sections"). Those are control sequences by GitLab's definition,
and the only ones that are ever written without a terminal. Elsewhere there is none of this, nor in a file that the
output was redirected to.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, TextIO, cast

from safedeploy.cli.screen import plain, say
from safedeploy.cli.without_commands import WithoutCommands
from safedeploy.core.ci_job import Platform, platform

if TYPE_CHECKING:
    from rich.console import Console

LONGEST_NOTE = 4000  # letters of what stands beside a change: the log has all of it
_numbers = count(1)


def start() -> None:
    """Keep what is printed from now on from being obeyed by the platform."""
    if platform(os.environ) is Platform.GITHUB:
        for name in ("stdout", "stderr"):
            stream = getattr(sys, name)
            if stream is not None and not isinstance(stream, WithoutCommands):
                setattr(sys, name, cast("TextIO", WithoutCommands(stream)))


def is_log() -> bool:
    """Whether what is printed goes to the log of a CI job, and not to a terminal."""
    return platform(os.environ) is not Platform.NONE and not sys.stderr.isatty()


class Group:
    """Lines that the log folds to one, the title. Not nested: GitHub's do not nest."""

    def __init__(self, console: Console, title: str, *, style: str = "", folded: bool = True) -> None:
        """Begin it. Where nothing folds, the title is a line as any other; `folded`: closed to begin with (GitLab)."""
        self._console = console
        self._kind = platform(os.environ) if _goes_to_the_log(console) else Platform.NONE
        self._name = f"safedeploy_{os.getpid()}_{next(_numbers)}"
        first = next(iter(plain(title).splitlines()), "")
        if self._kind is Platform.GITHUB:
            _command(console, f"::group::{_data(first)}")
        elif self._kind is Platform.GITLAB:
            option = "[collapsed=true]" if folded else ""
            self._mark(f"section_start:{int(time.time())}:{self._name}{option}\r\x1b[0K{first}")
        else:
            say(console, title, style)

    def end(self) -> None:
        """End it; once is enough."""
        if self._kind is Platform.GITHUB:
            _command(self._console, "::endgroup::")
        elif self._kind is Platform.GITLAB:
            self._mark(f"section_end:{int(time.time())}:{self._name}\r\x1b[0K")
        self._kind = Platform.NONE

    def _mark(self, text: str) -> None:
        self._console.file.write(f"\x1b[0K{text}\n")
        self._console.file.flush()


@contextmanager
def group(console: Console, title: str, *, style: str = "", folded: bool = True) -> Iterator[None]:
    """What is printed meanwhile is a group."""
    lines = Group(console, title, style=style, folded=folded)
    try:
        yield
    finally:
        lines.end()


def annotate(console: Console, kind: str, title: str, text: str) -> None:
    """Have the platform show this beside the change and on the page of the run: kind is error, warning or notice."""
    if platform(os.environ) is Platform.GITHUB and not console.is_terminal:
        shown = plain(text)
        if len(shown) > LONGEST_NOTE:
            shown = f"{shown[:LONGEST_NOTE]}\n[...]"
        _command(console, f"::{kind} title={_property(plain(title))}::{_data(shown)}")


def annotate_line(
    console: Console, kind: str, title: str, text: str, *, file: str, line: int | None, column: int | None
) -> None:
    """Have GitHub show this beside a line of the change. Written wherever it is asked for, also outside of a job."""
    at = {"file": file, "line": line, "col": column, "title": title}
    properties = ",".join(f"{key}={_property(plain(str(value)))}" for key, value in at.items() if value is not None)
    _command(console, f"::{kind} {properties}::{_data(plain(text))}")


def _goes_to_the_log(console: Console) -> bool:
    """False on a terminal, and where one of the two streams alone is a file: that is somebody's file, not the log."""
    if console.is_terminal:
        return False
    try:
        this, *both = (os.fstat(stream.fileno()) for stream in (console.file, sys.stdout, sys.stderr))
    except (OSError, ValueError):
        return False
    return not stat.S_ISREG(this.st_mode) or os.path.samestat(*both)


def _command(console: Console, line: str) -> None:
    stream = console.file
    if isinstance(stream, WithoutCommands):
        stream.command(line)
    else:
        stream.write(f"{line}\n")
        stream.flush()


def _data(text: str) -> str:
    """Text as data of a workflow command: in one line (Runner.Common, ActionCommand.cs)."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Text as a property of a workflow command."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
