"""What can be told of httpd's regular expressions without running httpd: where they must begin, and empty branches.

PCRE is read with Python's syntax; where the two differ, or nothing is certain, the answer is "cannot tell".
"""

from __future__ import annotations

import re
import warnings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

# Texts that no pattern means to match, unless it means to match everything.
_ODD = ("zq7x", "/kv9w", "/mj5/gb2.ylc", "http://dp3/")
_QUANTIFIERS = "?*{"


def compiled(pattern: str) -> re.Pattern[str] | None:
    """The pattern, or None where Python does not read it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return None


def matches_all_by_an_empty_branch(pattern: str) -> bool:
    """Whether it matches everything, but only because a branch of it is empty, as in `^/health|`."""
    without = _without_empty_branches(pattern)
    if without == pattern:
        return False
    whole, rest = compiled(pattern), compiled(without)
    if whole is None or rest is None:
        return False
    return all(whole.search(text) for text in _ODD) and not all(rest.search(text) for text in _ODD)


def never_begins_with(pattern: str, sign: str) -> bool:
    """Whether no text that begins with `sign` can match it: it is anchored, and begins with another literal."""
    first = _first_of_anchored(pattern)
    return first is not None and sign not in first


def always_begins_with(pattern: str, sign: str) -> bool:
    """Whether only texts that begin with `sign` can match it."""
    return _first_of_anchored(pattern) == {sign}


def literal_start(pattern: str) -> str:
    """The literal text that a pattern anchored with `^` begins with; empty where there is none."""
    if not pattern.startswith("^") or len(list(_branches(pattern))) > 1:
        return ""
    found = ""
    rest = pattern[1:]
    while rest:
        sign, length = _literal(rest)
        if sign is None or rest[length : length + 1] in tuple(_QUANTIFIERS):
            break
        found += sign
        rest = rest[length:]
    return found


def _first_of_anchored(pattern: str) -> set[str] | None:
    found: set[str] = set()
    for branch in _branches(pattern):
        first = _first(branch[1:]) if branch.startswith("^") else None
        if first is None:
            return None
        found |= first
    return found or None


def _first(text: str) -> set[str] | None:
    """The signs that a text which matches this branch can begin with; None when that cannot be told."""
    if text.startswith("("):
        end = _closing(text)
        inner = text[1:end]
        if inner.startswith("?:"):
            inner = inner[2:]
        if end < 0 or inner.startswith(("?", "*")) or text[end + 1 : end + 2] in tuple(_QUANTIFIERS):
            return None
        found: set[str] = set()
        for branch in _branches(inner):
            first = _first(branch)
            if first is None:
                return None
            found |= first
        return found
    sign, length = _literal(text)
    if sign is None or text[length : length + 1] in tuple(_QUANTIFIERS):
        return None
    return {sign}


def _literal(text: str) -> tuple[str | None, int]:
    """The literal sign that a text begins with and how much of the text it takes; (None, 0) for anything else."""
    if len(text) > 1 and text[0] == "\\":
        return (None, 0) if text[1].isalnum() else (text[1], 2)
    return (None, 0) if not text or text[0] in r".[]()^$|?*+{}\\" else (text[0], 1)


def _signs(text: str) -> Iterator[tuple[int, str]]:
    """The signs that mean something by themselves, with their place: no escaped ones, none inside [...]."""
    position, inside = 0, False
    while position < len(text):
        sign = text[position]
        if sign == "\\":
            position += 2
            continue
        if inside:
            inside = sign != "]"
        elif sign == "[":
            inside = True
            # A bracket that comes first is one of the signs.
            position += 1 + text.startswith("[^", position)
            position += text.startswith("]", position)
            continue
        else:
            yield position, sign
        position += 1


def _branches(text: str) -> Iterator[str]:
    depth, start = 0, 0
    for position, sign in _signs(text):
        depth += (sign == "(") - (sign == ")")
        if sign == "|" and depth == 0:
            yield text[start:position]
            start = position + 1
    yield text[start:]


def _closing(text: str) -> int:
    depth = 0
    for position, sign in _signs(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return position
    return -1


def _without_empty_branches(text: str) -> str:
    marks = [(position, sign) for position, sign in _signs(text) if sign in "|()"]
    drop = set()
    for position, sign in marks:
        if sign != "|":
            continue
        before, after = text[:position], text[position + 1 :]
        if not after or after[0] in "|)" or not before or before[-1:] == "(" or before.endswith("(?:"):
            drop.add(position)
    return "".join(sign for position, sign in enumerate(text) if position not in drop)
