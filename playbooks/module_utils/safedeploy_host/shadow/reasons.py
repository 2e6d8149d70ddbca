"""The line that says why a server did not come up, among all that it wrote."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable

# What only says that something was said before, or what any start says.
_EMPTY = re.compile(
    r"\bAH0(?:0015|0016|0557|0558|0094|0163|0489|0292)\b|^Action '|^The Apache error log|^Setting ulimit"
)
_RANKS = (
    re.compile(r"[\[:](?:emerg|alert|crit)\]|[Ss]yntax error on line"),
    re.compile(r":error\]|\[error\]|\bAH\d{5}\b|^\(\d+\)|[Ee]rror|[Ff]ailed|[Uu]nable|[Cc]annot|not found"),
    re.compile(r"\S"),
)


def first(lines: Iterable[str]) -> str | None:
    """The first line of the gravest kind that occurs, or None."""
    said = [line.strip() for line in lines if line.strip() and not _EMPTY.search(line)]
    for rank in _RANKS:
        found = next((index for index, line in enumerate(said) if rank.search(line)), None)
        if found is not None:
            line = said[found]
            # What is wrong with a line of the configuration stands below the line that names it.
            return f"{line} {said[found + 1]}" if line.endswith(":") and found + 1 < len(said) else line
    return None
