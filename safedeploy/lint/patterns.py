"""The regular expressions of directives: which argument is one, its alternatives, and its equal in Python. Pure."""

from __future__ import annotations

import re

from safedeploy.lint.resolve.statement import Statement

# Which argument is the pattern, counted from 0.
_AT = {
    "setenvif": 1,
    "setenvifnocase": 1,
    "browsermatch": 0,
    "browsermatchnocase": 0,
    "rewriterule": 0,
    "rewritecond": 1,
    "aliasmatch": 0,
    "scriptaliasmatch": 0,
    "proxypassmatch": 0,
    "filesmatch": 0,
    "locationmatch": 0,
    "directorymatch": 0,
    "proxymatch": 0,
}
# Quantifiers, with the sign that makes one lazy or possessive.
_REPEAT = re.compile(r"(?:[*+?]|\{\d{1,9}(?:,\d{0,9})?\})[?+]?")
_FEW = 3
_MOST_REPEATED = 4
_SECTIONS = ("files", "location", "directory", "proxy")


def of(statement: Statement) -> str | None:
    """The regular expression of a directive or section, without the `!` that negates it; None where it has none."""
    words, key = statement.arguments, statement.key
    at = _AT.get(key)
    if key == "redirectmatch" and words:
        at = 0 if len(words) == 2 and not _is_status(words[0]) else 1
    elif key in _SECTIONS and words[:1] == ("~",):
        at = 1
    if at is None or at >= len(words) or (key == "proxypassmatch" and statement.context.inner):
        return None
    pattern = words[at]
    if key in ("rewriterule", "rewritecond"):
        pattern = pattern.removeprefix("!")
    if key == "rewritecond" and (words[0].lower() == "expr" or pattern[:1] in ("-", "<", ">", "=")):
        return None
    return pattern


def _is_status(word: str) -> bool:
    return word.isdigit() or word.lower() in ("permanent", "temp", "seeother", "gone")


def compiled(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str] | None:
    """A pattern as Python reads it; None where it has no equal, and for one that may take Python for ever to try.

    httpd's own library gives up on such a one after a number of steps (pcre's match limit); Python does not.
    """
    if "[[:" in pattern or "${" in pattern or _may_explode(pattern):
        return None
    try:
        return re.compile(pattern, flags)
    except (re.error, OverflowError, RecursionError):
        return None


def _may_explode(pattern: str) -> bool:
    """Whether too much is repeated, or a group is that can take the same text in several ways."""
    varies = [False]  # of each open group, the whole outermost: whether its parts can be of several lengths
    repeated, at = 0, 0
    while at < len(pattern):
        letter, inner = pattern[at], False
        if letter == "(":
            varies.append(False)
            at += 1
            continue
        if letter == ")" and len(varies) > 1:
            inner = varies.pop()
        elif letter == "[":
            at = _end_of_class(pattern, at)
        elif letter == "\\":
            at += 1
        at += 1
        repeat = _REPEAT.match(pattern, at)
        if repeat is not None:
            at = repeat.end()
            if _is_many(repeat[0]):
                repeated += 1
                if inner:
                    return True
        varies[-1] = varies[-1] or inner or repeat is not None or letter == "|"
    return repeated > _MOST_REPEATED


def _is_many(repeat: str) -> bool:
    """Whether a quantifier lets its piece come more than a few times."""
    if repeat[0] in "*+":
        return True
    least, comma, most = repeat.strip("{}?+").partition(",")
    return int(most or least or 0) > _FEW or (comma != "" and most == "")


def alternatives(pattern: str) -> tuple[str, ...]:
    """What stands between the `|` that are in no group; the whole pattern alone where there are none."""
    found, begin, depth, at = [], 0, 0, 0
    while at < len(pattern):
        letter = pattern[at]
        if letter == "\\":
            at += 1
        elif letter == "[":
            at = _end_of_class(pattern, at)
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == "|" and depth == 0:
            found.append(pattern[begin:at])
            begin = at + 1
        at += 1
    return (*found, pattern[begin:])


def _end_of_class(pattern: str, at: int) -> int:
    """The place of the bracket that ends a class of characters which begins here."""
    at += 1
    if pattern[at : at + 1] == "^":
        at += 1
    if pattern[at : at + 1] == "]":
        at += 1
    while at < len(pattern) and pattern[at] != "]":
        inner = pattern[at : at + 2]
        if inner == "[:" and (end := pattern.find(":]", at)) > 0:
            at = end + 1
        elif pattern[at] == "\\":
            at += 1
        at += 1
    return at
