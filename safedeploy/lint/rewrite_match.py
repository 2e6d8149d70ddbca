"""Whether a RewriteRule applies to a request of which some things are known, and what it makes of it. Pure.

Source: https://github.com/apache/httpd/blob/2.4.x/modules/mappers/mod_rewrite.c (apply_rewrite_rule, do_expand)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from safedeploy.lint.rewriting import Condition, Rewrite, expression

_REFERENCE = re.compile(r"\\(.)|\$(\d)|%(\d)|%\{([A-Za-z_:]+)\}|[$%]\{")


class UnknownError(Exception):
    """The outcome depends on what is not known."""


@dataclass(frozen=True, kw_only=True)
class Caught:
    """What the pattern of a rule (`$1`) and its last condition (`%1`) caught."""

    rule: tuple[str, ...] = ()
    condition: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Known:
    """`values` are variables by name in upper case; `is_there` answers for `-f`, `-d` and `-s` of a path."""

    values: Mapping[str, str]
    is_there: Callable[[str, str], bool] | None = field(default=None, repr=False)


def applies(rule: Rewrite, subject: str, known: Known) -> Caught | None:
    """What a rule catches of `subject`, None where it does not apply. Raises UnknownError."""
    negated = rule.pattern.startswith("!")
    wanted = expression(rule.pattern.removeprefix("!"), rule.flags)
    if wanted is None:
        raise UnknownError
    match = wanted.search(subject)
    if (match is None) is not negated:
        return None
    caught = Caught(rule=_groups(match))
    alternatives: list[bool | None] = []
    for condition in rule.conditions:
        if True not in alternatives:
            holds, groups = _holds(condition, caught, known)
            alternatives.append(holds)
            caught = Caught(rule=caught.rule, condition=groups) if holds and groups else caught
        if "or" in condition.flags and condition is not rule.conditions[-1]:
            continue
        if True not in alternatives:
            if None in alternatives:
                raise UnknownError
            return None
        alternatives = []
    return caught


def expanded(text: str, caught: Caught, known: Known) -> str:
    """A text with what was caught and with variables in it. Raises UnknownError for one that is not known."""

    def value(match: re.Match[str]) -> str:
        escaped, back, above, variable = match.groups()
        if escaped is not None:
            return str(escaped)
        if back is not None or above is not None:
            groups, number = (caught.rule, int(back)) if back is not None else (caught.condition, int(above))
            return groups[number] if number < len(groups) else ""
        if variable is None or variable.upper() not in known.values:
            raise UnknownError
        return known.values[variable.upper()]

    return _REFERENCE.sub(value, text)


def _holds(condition: Condition, caught: Caught, known: Known) -> tuple[bool | None, tuple[str, ...]]:
    """Whether a condition holds, None where that is not known, and what it caught."""
    pattern = condition.pattern.removeprefix("!")
    negated = pattern != condition.pattern
    try:
        text = expanded(condition.test, caught, known)
    except UnknownError:
        return None, ()
    if pattern in ("-f", "-d", "-s"):
        return (None if known.is_there is None else known.is_there(text, pattern) is not negated), ()
    if pattern.startswith("="):
        same = pattern[1:].strip('"')
        equal = text.lower() == same.lower() if "nc" in condition.flags else text == same
        return equal is not negated, ()
    wanted = None if pattern.startswith(("-", "<", ">")) else expression(pattern, condition.flags)
    if wanted is None or condition.test == "expr":
        return None, ()
    match = wanted.search(text)
    return (match is not None) is not negated, _groups(match)


def _groups(match: re.Match[str] | None) -> tuple[str, ...]:
    return () if match is None else (match[0], *(group or "" for group in match.groups()))
