"""What is certainly wrong with a regular expression, so that httpd refuses to compile it (PCRE). Pure.

Only faults that can be told without knowing all of PCRE are looked for; a pattern that uses more than the usual is
passed over.
"""

from __future__ import annotations

import re

# In these, brackets or quantifiers mean something else: literal stretches, remarks, verbs, modes such as (?x).
_UNUSUAL = re.compile(r"\\[QEc]|\(\?#|\(\*[A-Z]|\(\?[a-zA-Z]*x")
_QUANTIFIERS = "*+?"
_MARK = re.compile(r"\(\?(?:[:=!>|]|<[=!]|P?<\w+>|'\w+'|[a-zA-Z^-]+[:]?|[0-9+&R-]\w*|P[=>]\w+)?")


def fault(pattern: str) -> str | None:
    """Why httpd cannot compile a pattern, as the end of a sentence; None where nothing is certain."""
    if _UNUSUAL.search(pattern):
        return None
    depth, at, repeatable = 0, 0, False
    while at < len(pattern):
        character = pattern[at]
        if character in "\\[":
            at, repeatable = _member_end(pattern, at), True
            if at == 0:
                return "it ends in a backslash" if character == "\\" else "a [ in it is never closed"
        elif character in "()":
            depth += 1 if character == "(" else -1
            at, repeatable = _after_bracket(pattern, at), character == ")"
        elif character in _QUANTIFIERS:
            if not repeatable:
                return f"there is nothing before its {character} that could be repeated"
            at += 1 + pattern.startswith(("?", "+"), at + 1)
            if pattern.startswith("*", at):
                return "it repeats a repetition"
        else:
            at, repeatable = at + 1, character not in "|^"
        if depth < 0:
            return "it has a ) without a ("
    return "a ( in it is never closed" if depth else None


def _member_end(pattern: str, at: int) -> int:
    """Behind an escaped character, or a set; 0 where it has no end."""
    if pattern[at] == "[":
        return _class_end(pattern, at) or 0
    return at + 2 if at + 1 < len(pattern) else 0


def _class_end(pattern: str, at: int) -> int | None:
    """Behind the ] that ends a set; one that stands first is a member."""
    at += 1
    if pattern[at : at + 1] == "^":
        at += 1
    if pattern[at : at + 1] == "]":
        at += 1
    while at < len(pattern):
        if pattern[at] == "\\":
            at += 2
        elif pattern.startswith("[:", at) and (end := pattern.find(":]", at)) > 0:
            at = end + 2
        elif pattern[at] == "]":
            return at + 1
        else:
            at += 1
    return None


def _after_bracket(pattern: str, at: int) -> int:
    """Behind a round bracket, and behind what `(?` says of the kind of a group."""
    match = _MARK.match(pattern, at)
    return match.end() if match else at + 1
