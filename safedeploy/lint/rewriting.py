"""RewriteRule and RewriteCond as mod_rewrite takes them: words, flags, and which conditions belong to which rule. Pure.

Source: https://github.com/apache/httpd/blob/2.4.x/modules/mappers/mod_rewrite.c (parseargline, cmd_rewriterule)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from safedeploy.lint import patterns
from safedeploy.lint.resolve.statement import Context, Statement

_SHORT = {
    "chain": "c", "cookie": "co", "discardpath": "dpi", "env": "e", "forbidden": "f", "gone": "g", "handler": "h",
    "last": "l", "next": "n", "nocase": "nc", "noescape": "ne", "nosubreq": "ns", "novary": "nv", "ornext": "or",
    "passthrough": "pt", "proxy": "p", "qsappend": "qsa", "qsdiscard": "qsd", "qslast": "qsl", "redirect": "r",
    "skip": "s", "type": "t",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Condition:
    """A RewriteCond: `test` is what is looked at, `pattern` what it must be."""

    statement: Statement
    test: str
    pattern: str
    flags: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, eq=False)
class Rewrite:
    """A RewriteRule with its conditions. `flags` have their short names in lower case, with what is given to them."""

    statement: Statement
    pattern: str
    substitution: str
    flags: Mapping[str, str]
    conditions: tuple[Condition, ...] = field(default=(), repr=False)

    @property
    def refuses(self) -> bool:
        """Whether it answers with a 403 or 410."""
        return "f" in self.flags or "g" in self.flags

    @property
    def leaves(self) -> bool:
        """Whether the request ends with it: refused, redirected, or passed to another server."""
        return self.refuses or "r" in self.flags or "p" in self.flags or "://" in self.substitution[:10]


def words(statement: Statement) -> tuple[str, ...]:
    """The words of a RewriteRule or RewriteCond: a backslash before a space keeps it, and stays."""
    text = statement.directive.raw.strip()
    found: list[str] = []
    while text and len(found) < 3:
        quote = text[0] if text[0] in "\"'" else ""
        at = len(quote)
        while at < len(text) and text[at] != quote and (quote or not text[at].isspace()):
            at += 2 if text[at] == "\\" and text[at + 1 : at + 2].isspace() else 1
        found.append(text[len(quote) : at])
        text = text[at + len(quote) :].strip()
    return tuple(found)


def flags(text: str) -> dict[str, str]:
    """The flags of `[L,R=301]` by their short names; nothing where they are not written as flags."""
    if not (text.startswith("[") and text.endswith("]")):
        return {}
    found = {}
    for one in text[1:-1].split(","):
        name, _, value = one.strip().partition("=")
        found[_SHORT.get(name.lower(), name.lower())] = value
    return found


def rewrites(statements: Iterable[Statement]) -> tuple[tuple[Rewrite, ...], tuple[Condition, ...]]:
    """The rules in order, and conditions after which no rule comes in the same place. Inactive ones are left out."""
    found: list[Rewrite] = []
    waiting: dict[Context, list[Condition]] = {}
    for each in statements:
        if each.active is False or each.key not in ("rewriterule", "rewritecond"):
            continue
        pattern, second, rest = (*words(each), "", "", "")[:3]
        if each.key == "rewritecond":
            condition = Condition(statement=each, test=pattern, pattern=second, flags=flags(rest))
            waiting.setdefault(each.context, []).append(condition)
            continue
        conditions = tuple(waiting.pop(each.context, ()))
        rule = Rewrite(
            statement=each, pattern=pattern, substitution=second, flags=flags(rest), conditions=conditions
        )  # fmt: skip
        found.append(rule)
    return tuple(found), tuple(one for left in waiting.values() for one in left)


def expression(pattern: str, given: Mapping[str, str]) -> re.Pattern[str] | None:
    """A pattern without its `!` as a regular expression; None where Python has no equal for it."""
    return patterns.compiled(pattern, re.IGNORECASE if "nc" in given else re.NOFLAG)


def switched_off(server: Iterable[Statement]) -> bool:
    """Whether the last RewriteEngine outside of sections for directories says no."""
    said = [each for each in server if each.key == "rewriteengine" and each.active is not False]
    said = [each for each in said if not each.context.inner and each.context.htaccess is None]
    return bool(said) and said[-1].argument.lower() != "on"
