"""Words as httpd takes them from a line (ap_getword_conf): its own quoting, which is not the shell's.

A word is quoted only when it begins with a quote; the closing quote ends it though no space follows, and may be
missing. A backslash escapes a backslash, and inside quotes the quote; before anything else it stays.
Source: https://github.com/apache/httpd/blob/2.4.x/server/util.c
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from safedeploy.lint.syntax.lines import WHITE
from safedeploy.lint.syntax.position import Position

_WORD = re.compile(
    r'"((?:\\["\\]|[^"])*)"?' + r"|'((?:\\['\\]|[^'])*)'?" + r"|([^ \t\n\v\f\r]+)",
)
_ESCAPE = {
    1: re.compile(r'\\(["\\])'),
    2: re.compile(r"\\(['\\])"),
    3: re.compile(r"\\(\\)"),
}


@dataclass(frozen=True, kw_only=True)
class Word:
    """One argument: `text` without its quotes and escapes, at `position` with them."""

    text: str
    position: Position
    quoted: bool = False


def spans(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[str, int, int, bool]]:
    """The words of a text: each without quotes and escapes, with its offsets and whether it was quoted."""
    for match in _WORD.finditer(text, start, len(text) if end is None else end):
        kind = match.lastindex or 0
        word = match[kind]
        if "\\" in word:
            word = _ESCAPE[kind].sub(r"\1", word)
        yield word, match.start(), match.end(), kind != 3


def first(text: str) -> tuple[str, int]:
    """The first word of a line that is not empty, and the offset at which the next would begin."""
    match = _WORD.match(text)
    if match is None:
        return "", 0
    kind = match.lastindex or 0
    word, end = match[kind], match.end()
    while end < len(text) and text[end] in WHITE:
        end += 1
    return (_ESCAPE[kind].sub(r"\1", word) if "\\" in word else word), end


def split(text: str) -> tuple[str, ...]:
    """The words of a text without quotes and escapes."""
    return tuple(word for word, _, _, _ in spans(text))


def quoted(word: str) -> str:
    """A text from which httpd takes `word` as one word."""
    if word and not any(character in WHITE + "\"'\\#" for character in word):
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
