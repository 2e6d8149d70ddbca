"""Header and RequestHeader that mod_headers cannot read."""

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

# How many words each action takes behind the header's name.
_ACTIONS = {
    **dict.fromkeys(("add", "append", "merge", "note", "set", "setifempty"), 1),
    **dict.fromkeys(("edit", "edit*"), 2),
    **dict.fromkeys(("echo", "unset"), 0),
}
_CLAUSE = re.compile(r"early|env=.+|expr=.*", re.IGNORECASE | re.DOTALL)
# %-formats: those with a name in brackets, and those without.
_FORMAT = re.compile(r"%(?:\{[^}]*\}(?P<named>[a-zA-Z])|(?P<plain>[^{]))", re.DOTALL)
_KNOWN = "%tDlibes"
_QUOTES = "Put the whole value in quotes."


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each of them with an unknown action, a word too many or too few, or an unknown format in its value."""
    if configuration.module("headers_module") is False:
        return
    later = Severity.WARNING if (facts.version or (2, 4, 0)) > directives.VERSION else None
    for statement, lowered in reach.statements(configuration):
        if statement.key in ("header", "requestheader") and statement.certain:
            wrong = _wrong(statement)
            if wrong is not None:
                yield Hit(at=statement, message=wrong[0], remedy=wrong[1], severity=lowered or later)


def _wrong(statement: Statement) -> tuple[str, str | None] | None:
    words = list(statement.arguments)
    if statement.key == "header" and words and words[0].lower() in ("always", "onsuccess"):
        del words[0]
    action = words[0].lower() if words else ""
    if action not in _ACTIONS:
        return f"{statement.name} knows no action {words[0] if words else 'at all'}", None
    if len(words) < 2 + _ACTIONS[action]:
        return f"{statement.name} {action} lacks {'a value' if len(words) > 1 else 'the name of a header'}", None
    value = words[2 : 2 + _ACTIONS[action]]
    behind = words[2 + _ACTIONS[action] :]
    if behind and not _CLAUSE.fullmatch(behind[0]):
        if behind[0].startswith("#"):
            return "httpd knows no remark at the end of a line", "Move the remark to a line of its own."
        if not value:
            return f"{statement.name} {action} takes no value: {behind[0]} is too much", "Leave the value out."
        return f"{behind[0]} stands behind the value {value[-1]}, and is read as a condition", _QUOTES
    if len(behind) > 1:
        return f"{behind[1]} stands behind the condition {behind[0]}", None
    unknown = _unknown_format(value[0]) if len(value) == 1 else None
    if unknown is not None:
        return f"the value has {unknown}, and mod_headers knows no such format", "Write %% for a per cent sign."
    return None


def _unknown_format(value: str) -> str | None:
    if value.lower().startswith("expr="):
        return None
    for match in _FORMAT.finditer(value):
        if (match["named"] or match["plain"]) not in _KNOWN:
            return match[0]
    return None


RULE = Rule(
    id="header-arguments",
    group="syntax",
    severity=Severity.ERROR,
    title="A header that mod_headers cannot read",
    why="A value with spaces needs quotes: without them httpd takes its second word for a condition, and refuses the "
    "whole configuration. It does so too for an unknown action, a missing value, and a per cent sign that begins no "
    "format. In an `.htaccess` every request below its directory is answered with a 500.",
    remedy='Write it as `Header set NAME "VALUE"`, with a condition such as `env=NAME` behind it.',
    symptoms=(Symptom.NO_START, Symptom.ERROR_500),
    source="https://httpd.apache.org/docs/2.4/mod/mod_headers.html#header",
    good=(
        Case(text='Header always set Strict-Transport-Security "max-age=63072000; includeSubDomains"\n'),
        Case(
            text='Header set X-Took "%D %{HTTPS}s 100%%" env=TIMED\nHeader unset ETag early\nHeader edit X ^a "b c"\n'
        ),
        Case(text="RequestHeader set X-Proto expr=%{REQUEST_SCHEME} \"expr=%{HTTPS} == 'on'\"\n"),
    ),
    bad=(
        Case(text="Header set Strict-Transport-Security max-age=63072000; includeSubDomains\n"),
        Case(text="Header add\n"),
        Case(text="Header remove X-Powered-By\n"),
        Case(text='Header set Content-Disposition "attachment; filename=100%.txt"\n'),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
