"""Texts that a regular expression matches, so that what a directive says about it can be asked for. Pure.

Covers what configurations use: literals, classes, groups, alternatives, repetitions. Look-arounds and back references
are passed over; each text is tried on the expression itself, and one that it does not match is left out.
"""

from __future__ import annotations

import itertools
import re

from ..later import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable

_MOST = 4
_LONGEST = 256
_CLASSES = {"d": "1", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a", "h": " ", "R": "\n"}
_NOTHING = {"b": "", "B": "", "A": "", "z": "", "Z": "", "K": "", "Q": "", "E": ""}
_PREFERRED = "a1-_./xA"
_POSIX = regex(r"\[:\w+:\]")
_META = set(".^$*+?()[]{}|\\")


def examples(pattern: str, most: int = _MOST) -> list[str]:
    """At most `most` texts that `pattern` matches, one for each first alternative; empty when none was found."""
    pattern = _POSIX.sub("a-zA-Z0-9", pattern)
    try:
        found = _Parser(pattern).alternatives()
        expression = re.compile(pattern)
    except (re.error, ValueError, IndexError, RecursionError, OverflowError):
        return []
    distinct = list(dict.fromkeys(found))
    return [text for text in distinct if expression.search(text)][:most]


def literal_prefix(pattern: str) -> str:
    """The text that everything that an anchored pattern matches begins with; empty for one that is not anchored."""
    if not pattern.startswith("^"):
        return ""
    letters: list[str] = []
    position = 1
    while position < len(pattern):
        letter = pattern[position]
        if letter == "\\" and position + 1 < len(pattern) and not pattern[position + 1].isalnum():
            letter = pattern[position + 1]
            position += 1
        elif letter in _META:
            # A repetition makes what stands before it optional.
            return "".join(letters[:-1] if letter in "*?{" else letters)
        letters.append(letter)
        position += 1
    return "".join(letters)


class _Parser:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.position = 0

    def alternatives(self) -> list[str]:
        found = self._sequence()
        while self._next() == "|":
            self.position += 1
            found = found + self._sequence()
        return found

    def _sequence(self) -> list[str]:
        parts: list[list[str]] = []
        while self._next() not in ("", "|", ")"):
            piece = self._atom()
            parts.append(self._repeated(piece))
        return _joined(parts)

    def _next(self) -> str:
        return self.pattern[self.position : self.position + 1]

    def _take(self) -> str:
        letter = self.pattern[self.position]
        self.position += 1
        return letter

    def _atom(self) -> list[str]:
        letter = self._take()
        if letter == "(":
            return self._group()
        if letter == "[":
            return [self._set()]
        if letter == "\\":
            escaped = self._take()
            return [_NOTHING.get(escaped, _CLASSES.get(escaped, escaped))]
        if letter in "^$":
            return [""]
        return ["a" if letter == "." else letter]

    def _group(self) -> list[str]:
        start = self.position
        asserted = False
        if self._next() == "?":
            head = re.compile(r"\?(?:<?[=!]|[:>|]|P?<\w+>|'\w+'|[a-z-]+:?)").match(self.pattern, start)
            if not head:
                raise ValueError(self.pattern)
            asserted = head.group().rstrip("<").endswith(("=", "!"))
            self.position = head.end()
            if not head.group().endswith((":", ">", "=", "!", "|", "'")):
                # (?i) sets flags and holds nothing; the closing parenthesis follows.
                asserted = True
        found = self.alternatives()
        if self._take() != ")":
            raise ValueError(self.pattern)
        return [""] if asserted else found

    def _set(self) -> str:
        end = self.position + 1
        if self.pattern[self.position] == "^":
            end += 1
        while self.pattern[end] != "]":
            end += 2 if self.pattern[end] == "\\" else 1
        text = self.pattern[self.position - 1 : end + 1]
        self.position = end + 1
        members = re.compile(text)
        for letter in itertools.chain(_PREFERRED, map(chr, range(33, 127)), " "):
            if members.match(letter):
                return letter
        raise ValueError(text)

    def _repeated(self, piece: list[str]) -> list[str]:
        while self._next() in ("*", "+", "?", "{") and self._next():
            braces = re.compile(r"\{(\d*)(?:,\d*)?\}").match(self.pattern, self.position)
            if self._next() == "{" and not braces:
                break
            if braces:
                self.position = braces.end()
                piece = [text * min(_LONGEST, max(1, int(braces.group(1) or 1))) for text in piece]
                if any(len(text) > _LONGEST for text in piece):
                    raise ValueError(self.pattern)
                continue
            if self._take() == "?" and all(piece):
                # What may be missing: without it, and with it.
                piece = ["", *piece]
        return piece


def _joined(parts: Iterable[list[str]]) -> list[str]:
    """Texts that vary the parts, a bounded number."""
    found = [""]
    for part in parts:
        found = [text + piece for text in found[: 2 * _MOST] for piece in part[: 3 * _MOST]][: 4 * _MOST]
    return found
