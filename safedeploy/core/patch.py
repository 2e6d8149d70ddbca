"""Differences of one file as patch(1) takes them, from the root directory. Pure."""

from __future__ import annotations

import difflib

from safedeploy.core.diff import Diff


def patch(path: str, before: bytes, after: bytes) -> bytes:
    """What makes `after` of `before`, to the byte: line ends are what they are, whatever a screen would show."""
    lines = difflib.diff_bytes(difflib.unified_diff, _lines(before), _lines(after), b"a", b"b", lineterm=b"\n")
    body = [line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n" for line in list(lines)[2:]]
    return _head(path).encode() + b"".join(body)


def patch_of(path: str, diff: Diff) -> str:
    """A difference as it may be shown, in the same form: where secrets are masked it does not apply."""
    return _head(path) + "".join(diff.text.splitlines(keepends=True)[2:])


def _head(path: str) -> str:
    # A name with a blank in it ends with a tab.
    end = "\t" if " " in path else ""
    return f"--- a{path}{end}\n+++ b{path}{end}\n"


def _lines(content: bytes) -> list[bytes]:
    """Lines that end at LF only."""
    parts = content.split(b"\n")
    return [*(part + b"\n" for part in parts[:-1]), *([parts[-1]] if parts[-1] else [])]
