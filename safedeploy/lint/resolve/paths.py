"""Paths and patterns as httpd takes them (ap_server_root_relative, apr_fnmatch)."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache


def absolute(server_root: str, path: str) -> str:
    """`path` from the ServerRoot, without `.`, `..` and doubled slashes; links are not looked at."""
    joined = posixpath.normpath(posixpath.join(server_root, path))
    return "/" + joined.lstrip("/")


def is_pattern(path: str) -> bool:
    """Whether httpd looks for files that match, rather than for one file (apr_fnmatch_test)."""
    at = 0
    while at < len(path):
        character = path[at]
        if character in "?*":
            return True
        if character == "\\":
            at += 1
        elif character == "[" and "]" in path[at + 1 :]:
            return True
        at += 1
    return False


@lru_cache(maxsize=1024)
def pattern(text: str, *, hidden: bool = False) -> re.Pattern[str]:
    """A pattern of apr_fnmatch as a regular expression to match whole texts with; no wildcard matches a slash.

    A dot at the beginning of a name is matched by a dot only, unless `hidden`.
    """
    guard = "" if hidden else r"(?!\.)"
    parts, at, begins = [], 0, True
    while at < len(text):
        character = text[at]
        part, at = re.escape(character), at + 1
        if character == "\\" and at < len(text):
            part, at = re.escape(text[at]), at + 1
        elif character in "*?":
            part = (guard if begins else "") + ("[^/]*" if character == "*" else "[^/]")
        elif character == "[" and (closing := text.find("]", at + 1 + (text[at : at + 1] in ("!", "^")))) >= 0:
            part, at = (guard if begins else "") + _set(text[at:closing]), closing + 1
        parts.append(part)
        begins = character == "/"
    return re.compile("".join(parts), re.DOTALL)


def _set(inside: str) -> str:
    negated = inside[:1] in ("!", "^")
    # All but the hyphen of a range is itself; two of them would be read as more than that.
    members = re.sub(r"([\\\[\]^&~|])", r"\\\1", inside[negated:]).replace("--", "-\\-")
    try:
        made = f"[{'^/' if negated else ''}{members}]"
        re.compile(made)
    except re.error:
        return "(?!)"
    return made
