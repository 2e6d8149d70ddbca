"""Runs a validator's commands: bounded in time and output, never through a shell; exit code and output decide."""

from __future__ import annotations

import os
import re
import shutil
import time

from .. import control
from ..later import regex
from .choose import TIMEOUT, words_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    Json = dict[str, Any]

# Nothing of httpd's own environment is for other services.
_PLAIN: dict[str, dict[str, str]] = {"httpd": {}}
# What getopt and the like say; a configuration error about an "option" names no dash.
_NO_SUCH_OPTION = regex(r"(?i)(?:invalid|unrecognized|illegal|unknown) option:? (?:--|['\"`]?-)")
_MOST_LINES = 12
_MOST_TEXT = 4096


class Tried:
    """What came of a step. `state`: "ok", "failed", "missing" (not installed), "unable" (has not the options)."""

    def __init__(self, state: str, argv: Sequence[str], output: str = "") -> None:
        self.state = state
        self.argv = list(argv)
        self.output = output


def program(name: str) -> str | None:
    """Where a program is, looked for in the plain PATH; None when it is not installed."""
    return shutil.which(name, path=control.PATH)


def step(alternatives: Sequence[Any], definition: Json, number: str, file: str | None, deadline: float) -> Tried:
    """Take the first alternative that is installed and has its options. `deadline` is of time.monotonic()."""
    last = None
    for alternative in alternatives:
        argv = [word.replace("{file}", file or "") for word in words_of(alternative, number)]
        where = program(argv[0])
        if where is None or _ruled_out(" ".join(argv), definition):
            last = last or Tried("missing", argv)
            continue
        last = _run([where, *argv[1:]], argv, definition, deadline)
        if last.state != "unable":
            return last
    return last or Tried("missing", [])


def _ruled_out(command: str, definition: Json) -> bool:
    wanted = (path for start, path in definition.get("only", {}).items() if command.startswith(start))
    return any(not os.path.exists(path) for path in wanted)


def _run(argv: list[str], said: list[str], definition: Json, deadline: float) -> Tried:
    left = min(float(definition.get("timeout", TIMEOUT)), deadline - time.monotonic())
    if left <= 0:
        return Tried("failed", said, f"`{' '.join(said)}` was not run: no time was left for it")
    outcome = control.run(argv, _PLAIN, timeout=left)
    text = outcome.output.strip()
    if outcome.code is None:
        stopped = f"`{' '.join(said)}` was stopped after {left:.0f} s"
        return Tried("failed", said, f"{telling(text, definition)}\n{stopped}".strip())
    if outcome.code != 0 and _NO_SUCH_OPTION.search(text):
        return Tried("unable", said, text)
    proof = definition.get("proof")
    good = outcome.ok if proof is None else bool(outcome.ok and re.search(proof, text))
    if not good and not _is_harmless(text, definition):
        return Tried("failed", said, telling(text, definition) or _silent(outcome, said))
    return Tried("ok", said, telling(text, definition))


def _silent(outcome: control.Outcome, said: list[str]) -> str:
    return f"`{' '.join(said)}` ended with exit code {outcome.code} and said nothing"


def _is_harmless(text: str, definition: Json) -> bool:
    """Whether all that was said against the file is known to be about something else."""
    if "harmless" not in definition:
        return False
    errors = [line for line in text.splitlines() if re.search(definition["telling"], line) and "error" in line]
    return bool(errors) and all(re.search(definition["harmless"], line) for line in errors)


def telling(text: str, definition: Json) -> str:
    """The lines of an output that are worth showing, each once."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    if "telling" in definition:
        lines = [line for line in lines if re.search(definition["telling"], line)]
    lines = list(dict.fromkeys(lines))
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], f"... and {len(lines) - _MOST_LINES + 1} lines more"]
    return "\n".join(lines)[:_MOST_TEXT]
