"""Where things are printed: results on standard output, everything else on standard error.

Colours only on a terminal, and never with NO_COLOR. Text from hosts is stripped of control
sequences before it is shown, and none is written where there is no terminal, whatever FORCE_COLOR says: a log
is read as text.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Halves of surrogate pairs, and what makes text read otherwise than it is written.
_UNSENDABLE = re.compile("[\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_PLAIN_WIDTH = 10_000  # tables are as wide as their content: nothing is folded in a log


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    # Without a terminal rich would fold lines at 80 columns: a log wants them whole.
    width = None if stream.isatty() else _PLAIN_WIDTH
    # What is printed is never markup: it may be a host's words.
    return Console(
        stderr=stderr,
        highlight=False,
        markup=False,
        soft_wrap=not stream.isatty(),
        width=width,
        emoji=False,
        force_terminal=None if stream.isatty() else False,
    )


def out() -> Console:
    """Standard output, for results."""
    return _console(stderr=False)


def err() -> Console:
    """Standard error, for progress, questions and errors."""
    return _console(stderr=True)


def plain(text: str) -> str:
    """Text without control sequences, whoever wrote it, and without what no terminal can be sent."""
    return _UNSENDABLE.sub("?", _CONTROL.sub("", text))


def say(console: Console, text: str, style: str = "") -> None:
    """Print text that is never read as markup."""
    from rich.text import Text

    console.print(Text(plain(text), style=style))


def say_whole(console: Console, text: str, style: str = "") -> None:
    """Print text whose lines are left to the terminal to fold: a command that is copied from there is then whole."""
    from rich.text import Text

    console.print(Text(plain(text), style=style), soft_wrap=True)


def say_json(document: Mapping[str, Any]) -> None:
    """One JSON document, alone on standard output."""
    text = json.dumps(document, indent=2, sort_keys=True)
    # The same document, without what GitHub's log would take for a command in a host's words.
    sys.stdout.write(text.replace("##[", "\\u0023#[") + "\n")
    sys.stdout.flush()
