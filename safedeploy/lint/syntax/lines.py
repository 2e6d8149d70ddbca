"""The lines of a configuration file as httpd joins, cuts and counts them (ap_cfg_getline_core and cfg_trim_line).

A backslash before the end of a line joins the next, in comments too and whatever stands before the backslash; a line
ends at a NUL byte; the last line is not continued when no line end follows. White space is that of the C locale.
Source: https://github.com/apache/httpd/blob/2.4.x/server/util.c
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

WHITE = " \t\n\v\f\r"


@dataclass(frozen=True, slots=True)
class Line:
    """One line as httpd sees it: joined and without white space around it, never empty.

    `number` is the line that httpd names: the last of the joined ones. `line` and `column` are where `text` begins;
    `joints` are the offsets in `text` at which another line of the file begins, each with that line and column.
    `original` is the line in the definition of a macro that this one was made from: offsets do not lead back then.
    """

    text: str
    number: int
    line: int
    column: int
    joints: tuple[tuple[int, int, int], ...] = ()
    original: Line | None = None

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and column of `text[offset]`."""
        start, line, column = 0, self.line, self.column
        for joint in self.joints:
            if joint[0] > offset:
                break
            start, line, column = joint
        return line, column + offset - start


def decode(content: bytes) -> str:
    """The text of a file. Bytes that are no UTF-8 become lone surrogates, so that `encode` gives them back."""
    return content.decode("utf-8", "surrogateescape")


def lines(text: str) -> Iterator[Line]:
    """The lines of a file that are not empty, comments included."""
    pieces = text.split("\n")
    ends = len(pieces) - 1
    joined, number = "", 0
    joints: list[tuple[int, int, int]] = []
    for number, piece in enumerate(pieces if pieces[-1] else pieces[:-1], start=1):
        # Nearly all lines stand by themselves.
        if not joints and "\0" not in piece and not piece.endswith(("\\", "\\\r")):
            stripped = piece.strip(WHITE)
            if stripped:
                yield Line(stripped, number, number, 1 + piece.index(stripped[0]))
            continue
        cut = piece.find("\0")
        ended = cut < 0 and number <= ends
        joints.append((len(joined), number, 1))
        joined += piece if cut < 0 else piece[:cut]
        bare = joined[:-1] if ended and joined.endswith("\r") else joined
        if ended and bare.endswith("\\"):
            joined = bare[:-1]
            continue
        if line := _trimmed(joined, joints, number):
            yield line
        joined, joints = "", []
    # httpd has counted one line more when it finds the end of the file behind a backslash.
    if line := _trimmed(joined, joints, number + 1):
        yield line


def _trimmed(text: str, joints: list[tuple[int, int, int]], number: int) -> Line | None:
    stripped = text.strip(WHITE)
    if not stripped:
        return None
    start = text.index(stripped[0])
    line, column = next((line, 1 + start - offset) for offset, line, _ in reversed(joints) if offset <= start)
    inside = tuple(
        (offset - start, line, column) for offset, line, column in joints if start < offset < start + len(stripped)
    )
    return Line(stripped, number, line, column, inside)
