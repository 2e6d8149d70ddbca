"""The regular expressions of directives: which argument is one, and what its alternatives are. Pure."""

from __future__ import annotations

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
