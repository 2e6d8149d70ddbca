"""Unified diffs of one path, and folding of equal diffs over many hosts.

Pure. Masking is passed in as functions, so that no diff can be made without somebody deciding what is secret.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

MAX_DIFF_BYTES = 256 * 1024
_NO_NEWLINE = "\\ No newline at end of file"
_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


@dataclass(frozen=True, kw_only=True)
class Diff:
    """A diff ready to be shown: `text` is empty when the content cannot be, and `note` then says why."""

    path: str
    text: str = ""
    note: str = ""
    added: int = 0
    removed: int = 0


def unified(path: str, before: bytes | None, after: bytes | None, mask: Callable[[str, str], tuple[str, str]]) -> Diff:
    """The unified diff of two contents; None means that the file is not there.

    `mask` takes (before, after) as text and returns both with every secret hidden.
    """
    if max(len(before or b""), len(after or b"")) > MAX_DIFF_BYTES:
        return Diff(path=path, note=f"larger than {MAX_DIFF_BYTES // 1024} KiB: not shown")
    try:
        old, new = (before or b"").decode("utf-8"), (after or b"").decode("utf-8")
    except UnicodeDecodeError:
        return Diff(path=path, note="not text: not shown")
    hidden_old, hidden_new = mask(old, new)
    if hidden_old == hidden_new and old != new:
        return Diff(path=path, note="only secret values differ: not shown")
    lines = list(
        difflib.unified_diff(
            _lines(hidden_old),
            _lines(hidden_new),
            fromfile=path if before is not None else "/dev/null",
            tofile=path if after is not None else "/dev/null",
        )
    )
    body = lines[2:]
    return Diff(
        path=path,
        text="".join(lines),
        added=sum(line.startswith("+") for line in body),
        removed=sum(line.startswith("-") for line in body),
    )


def _lines(text: str) -> list[str]:
    """Lines for difflib; carriage returns are made visible, and a missing last newline is said as diff(1) does."""
    lines = [line.replace("\r", "^M") + "\n" for line in text.split("\n")]
    if not text:
        return []
    if lines[-1] == "\n":
        return lines[:-1]
    return [*lines[:-1], f"{lines[-1]}{_NO_NEWLINE}\n"]


def fold(diffs: Iterable[tuple[str, Diff]]) -> list[tuple[tuple[str, ...], Diff]]:
    """Group `(host, diff)` pairs with the same diff: [(hosts, diff)], in first-seen order."""
    groups: dict[Diff, list[str]] = {}
    for host, diff in diffs:
        groups.setdefault(diff, []).append(host)
    return [(tuple(hosts), diff) for diff, hosts in groups.items()]


def telling(text: str) -> list[tuple[str, int, str]]:
    """(sign, line, text) of the changed lines of a unified diff, without blank ones and comments of httpd's kind.

    The line is the new file's for an added one, and the old file's for a removed one.
    """
    found: list[tuple[str, int, str]] = []
    old = new = 0
    for line in text.splitlines():
        if hunk := _HUNK.match(line):
            old, new = int(hunk[1]), int(hunk[2])
        elif old or new:
            sign, rest = line[:1], line[1:].removesuffix(_NO_NEWLINE).strip()
            if sign in ("+", "-") and rest and not rest.startswith("#"):
                found.append((sign, new if sign == "+" else old, rest))
            old += sign != "+"
            new += sign != "-"
    return found
