"""Redirect that mod_alias cannot read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from safedeploy.lint import reach
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.knowledge import directives
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

_STATUS = {"permanent": 301, "temp": 302, "seeother": 303, "gone": 410}
_FIXED = {"redirectpermanent": 301, "redirecttemp": 302}
_URL = re.compile(r"[a-z][a-z0-9+.-]*:|/", re.IGNORECASE)


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each of them that lacks its target or has a wrong status. In sections with a path of their own others hold."""
    if configuration.module("alias_module") is False:
        return
    later = Severity.WARNING if (facts.version or (2, 4, 0)) > directives.VERSION else None
    for statement, lowered in reach.statements(configuration):
        if statement.key not in ("redirect", "redirectmatch", *_FIXED) or not statement.certain:
            continue
        if statement.context.within("location", "locationmatch", "if", "elseif", "else") or not statement.arguments:
            continue
        wrong = _wrong(statement)
        if wrong is not None:
            yield Hit(at=statement, message=wrong[0], remedy=wrong[1], severity=lowered or later)


def _wrong(statement: Statement) -> tuple[str, str | None] | None:
    words, status = list(statement.arguments), _FIXED.get(statement.key, 302)
    if "" in words or len(words) > 3:
        return None  # another rule's
    if statement.key not in _FIXED:
        given = _status(words[0])
        if len(words) == 3 and given is None:
            return f"{words[0]} is no status of a redirect", _order(words)
        if given is not None:
            status = given
            del words[0]
    return _wrong_target(statement, status, words)


def _wrong_target(statement: Statement, status: int, words: list[str]) -> tuple[str, str | None] | None:
    target = words[1] if len(words) == 2 else None
    if not 300 <= status < 400:
        if target is None:
            return None
        return f"a {status} goes nowhere, and {target} is too much", "Leave the target out."
    if target is None:
        return f"{statement.name} {' '.join(statement.arguments)} has no target", None
    if statement.key != "redirectmatch" and not _URL.match(target):
        return f"the target {target} is no URL and no path", f"Write https://{target} or /{target}."
    return None


def _status(word: str) -> int | None:
    if word.isascii() and word.isdigit():
        return int(word)
    return _STATUS.get(word.lower())


def _order(words: list[str]) -> str | None:
    if _status(words[-1]) is not None:
        return f"Write the status first: Redirect {words[-1]} {words[0]} {words[1]}."
    return "Write 301, 302, permanent, temp, seeother or gone, or put a target with spaces in quotes."


RULE = Rule(
    id="redirect-arguments",
    group="syntax",
    severity=Severity.ERROR,
    title="A redirect that mod_alias cannot read",
    why="httpd refuses the whole configuration when a redirect has no target, one that is neither a URL nor a path, or "
    "a status that is none. In an `.htaccess` every request below its directory is answered with a 500.",
    remedy="Write the status, the path, and the whole URL: `Redirect 301 /old https://www.example.test/new`.",
    symptoms=(Symptom.NO_START, Symptom.ERROR_500),
    source="https://httpd.apache.org/docs/2.4/mod/mod_alias.html#redirect",
    good=(
        Case(text="Redirect permanent /a https://www.example.test/a\nRedirect 410 /gone\nRedirect /b /c\n"),
        Case(text="RedirectMatch 301 ^/(.*)$ $1\nRedirectTemp /m mailto:x@example.test\n"),
        Case(text='<Location "/a">\n    Redirect 301 https://www.example.test/\n</Location>\n'),
    ),
    bad=(
        Case(text="Redirect 301 / www.example.test\n"),
        Case(text="Redirect permanent /old\n"),
        Case(text="Redirect /old https://www.example.test/ 301\n"),
        Case(text="Redirect gone /old /new\n"),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
