"""Markdown for change requests (GitHub, GitLab, Gitea) out of texts that anybody may have written. Pure.

Whatever a host, a file or a name says stays text: it mentions nobody, links nowhere, closes nothing, and is no command
(GitLab carries out lines of a note that begin with `/`). Both platforms leave code alone, so such text is always code:
a code span, a fenced block whose fence is longer than any in it, or `<code>` where only HTML is read.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from safedeploy.core.plain_text import plain_text

_BACKTICKS = re.compile(r"`+")
_START = re.compile(r"^(?=/|```)", re.MULTILINE)
MOST_NAMES = 12


def span(text: str, *, limit: int = 500) -> str:
    """One line of text as a code span; nothing for an empty one."""
    line = _line(text, limit)
    if not line:
        return ""
    fence = "`" * (_longest(line) + 1)
    pad = " " if "`" in (line[0], line[-1]) else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def block(text: str, language: str = "", *, limit: int = 12_000) -> str:
    """Lines as a fenced block. More than `limit` characters are cut at a line, and that is said below it."""
    # In older versions of GitLab a fence within a longer fence ends it for the search for commands.
    whole = _START.sub(" ", plain_text(text, limit=max(limit, len(text))))
    shown, more = cut(whole, limit)
    fence = "`" * max(3, _longest(shown) + 1)
    said = f"\n\n{more} more lines are left out here." if more else ""
    return f"{fence}{language}\n{shown}\n{fence}{said}"


def folded(summary: str, body: str) -> str:
    """A part that is closed to begin with; `summary` is HTML (from `inline`), `body` is Markdown."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def inline(text: str, *, limit: int = 500) -> str:
    """One line of text as code, where HTML is read."""
    return f"<code>{html.escape(_line(text, limit))}</code>"


def names(hosts: Sequence[str]) -> str:
    """Names in a row, the first of them where they are many."""
    more = len(hosts) - MOST_NAMES
    return ", ".join(hosts[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def cut(text: str, limit: int) -> tuple[str, int]:
    """The whole lines that fit, and how many did not."""
    if len(text) <= limit:
        return text, 0
    shown = text[:limit].rpartition("\n")[0]
    return shown, text.count("\n") - (shown.count("\n") if shown else -1)


def size(text: str) -> int:
    """The length as the platforms count it: no less than any of them (UTF-16)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class Page:
    """Parts, in the order of their weight, as far as there is room; what found none is counted and said at the end."""

    def __init__(self, limit: int, *, reserve: int = 400) -> None:
        self._room = limit - reserve  # for the last words
        self._parts: list[str] = []
        self._left_out: dict[str, int] = {}

    def add(self, part: str, kind: str = "parts") -> None:
        """Have one more part, whole or not at all; `kind` is what it is called if it is left out."""
        needed = size(part) + 2
        if needed > self._room:
            self._left_out[kind] = self._left_out.get(kind, 0) + 1
            return
        self._room -= needed
        self._parts.append(part)

    def text(self) -> str:
        """All of it."""
        said = ", ".join(f"{number} {kind}" for kind, number in self._left_out.items())
        last = [f"**Left out here, since a comment may not be longer: {said}.**"] if said else []
        return "\n\n".join([*self._parts, *last]) + "\n"


def _line(text: str, limit: int) -> str:
    line = " ".join(plain_text(text, limit=max(4000, limit)).split())
    return line if len(line) <= limit else f"{line[: limit - 3]}..."


def _longest(text: str) -> int:
    return max((len(found) for found in _BACKTICKS.findall(text)), default=0)
