"""What is certainly wrong with an expression of httpd (ap_expr), as in <If>. Pure.

Only faults that can be told from quotes, brackets and patterns are looked for.
Source: https://httpd.apache.org/docs/2.4/expr.html, and trials with httpd 2.4.71
"""

from __future__ import annotations

import re

from safedeploy.lint import regex_faults

# Functions that take patterns too, in ways that differ between versions.
_UNUSUAL = re.compile(r"\b(sub|split|join)\b")
_VARIABLE = re.compile(r"%\{[^{}'\"]*\}")
_OPENING = re.compile(r"\s*(?:/|m([/#$%^|?!'\",;:._-]))")
# A pattern where none is expected: httpd goes on in ways that are not followed here.
_STRAY_PATTERN = re.compile(r"/|\bm[/#$%^|?!'\",;:._-]")
_MATCHES = ("=~", "!~")


def fault(expression: str) -> str | None:
    """Why httpd cannot read an expression, as the end of a sentence; None where nothing is certain."""
    text = expression.strip()
    if _UNUSUAL.search(text) or "${" in text:
        return None
    if _VARIABLE.fullmatch(text):
        return f"{text} alone is no condition: compare it, or write -n {text}"
    if text.endswith(("||", "&&")):
        return f"it ends in {text[-2:]}"
    return _Scanner(text).fault()


class _Scanner:
    """Goes through an expression once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    def fault(self) -> str | None:
        while self.at < len(self.text):
            found = self._step()
            if found is not None:
                return found or None
        return "a ( in it is never closed" if self.depth else None

    def _step(self) -> str | None:
        """Take in one part. The empty text means that no more can be told."""
        text, at = self.text, self.at
        if text[at] in "'\"":
            return self._string(text[at])
        if text.startswith("%{", at):
            match = _VARIABLE.match(text, at)
            if match is None:
                return ""
            self.at = match.end()
            return None
        if text.startswith(_MATCHES, at):
            return self._pattern(text[at : at + 2])
        if _STRAY_PATTERN.match(text, at):
            return ""
        if text.startswith("===", at):
            return "it has ===, which no operator is"
        self.depth += {"(": 1, ")": -1}.get(text[at], 0)
        self.at += 1
        return "it has a ) without a (" if self.depth < 0 else None

    def _string(self, quote: str) -> str | None:
        at = self.at + 1
        while at < len(self.text) and self.text[at] != quote:
            if self.text.startswith("%{", at) and _VARIABLE.match(self.text, at) is None:
                return ""
            at += 2 if self.text[at] == "\\" else 1
        self.at = at + 1
        return None if at < len(self.text) else f"a {quote} in it is never closed"

    def _pattern(self, operator: str) -> str | None:
        opening = _OPENING.match(self.text, self.at + 2)
        if opening is None:
            return f"a pattern between slashes belongs behind {operator}, without quotes"
        delimiter = opening[1] or "/"
        end = self.text.find(delimiter, opening.end())
        if end < 0:
            return f"the pattern behind {operator} is never closed"
        pattern = self.text[opening.end() : end]
        if pattern.endswith("\\") and not pattern.endswith("\\\\"):
            return f"the pattern ends at its first {delimiter}, a backslash before it or not: write it as m#...#"
        found = regex_faults.fault(pattern)
        if found is not None:
            return f"the pattern {pattern} cannot be compiled, because {found}"
        self.at = end + 1
        while self.text[self.at : self.at + 1] in ("i", "m", "s", "n"):
            self.at += 1
        behind = self.text[self.at : self.at + 1]
        return f"there is {behind} behind the pattern {pattern}" if behind.isalnum() or behind in ("/", "\\") else None
