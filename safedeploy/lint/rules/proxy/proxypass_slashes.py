"""ProxyPass whose two sides do not end alike."""

from __future__ import annotations

import re
from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Edit, Fix, Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.syntax.position import Position

_TARGET = re.compile(r"(https?|wss?|ajp|h2c?|scgi|uwsgi|fcgi)://([^/?|]+)(/[^?]*)?$", re.IGNORECASE)


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each ProxyPass of a path to a URL where only one of the two ends with a slash."""
    for statement in configuration.named("ProxyPass"):
        if not statement.certain:
            continue
        source, number = _source(statement)
        target = statement.arguments[number] if number < len(statement.arguments) else ""
        match = _TARGET.match(target)
        if match is None or "$" in target or not source.startswith("/"):
            continue
        if source.endswith("/") and match[3] is None:
            yield Hit(
                at=statement,
                message=f"a request for {source}x goes to the host {match[2]}x: the target lacks its slash",
                remedy=f"Write {target}/.",
                fix=_fix(statement, number, f"{target}/"),
            )
        elif source.endswith("/") and match[3] and not target.endswith("/") and not target.endswith("="):
            yield Hit(
                at=statement,
                message=f"a request for {source}x goes to {target}x: the target lacks its slash",
                remedy=f"Write {target}/, or {source.rstrip('/') or '/'} on the left.",
                severity=Severity.WARNING,
            )
        elif not source.endswith("/") and target.endswith("/"):
            yield Hit(
                at=statement,
                message=f"a request for {source}/x goes to {target}/x, with two slashes",
                remedy=f"Write {source}/ on the left, or {target.rstrip('/')} on the right.",
                severity=Severity.WARNING,
            )


def _source(statement: Statement) -> tuple[str, int]:
    """The path on this server, and the number of the argument that is the target."""
    location = statement.context.within("location")
    if location is not None and len(statement.arguments) >= 1 and "://" in statement.argument:
        return (location.arguments[0] if len(location.arguments) == 1 else ""), 0
    return statement.argument, 1


def _fix(statement: Statement, number: int, text: str) -> Fix | None:
    position = statement.word_position(number)
    if position == statement.position or statement.directive.words[number].text + "/" != text:
        return None
    quote = statement.directive.words[number].quoted
    at = position.end_column - (1 if quote else 0)
    end = Position(path=position.path, line=position.end_line, column=at, end_line=position.end_line, end_column=at)
    return Fix(title=f"Write {text}.", edits=(Edit(position=end, text="/"),))


RULE = Rule(
    id="proxypass-slashes",
    group="proxy",
    severity=Severity.ERROR,
    title="The two sides of ProxyPass do not end alike",
    why="httpd replaces the path on the left by the URL on the right, letter by letter. With a slash on the left "
    "alone, `/x` becomes part of the host's name or of its port: the front page works, and everything else is a 500 "
    "or a 502. With one on the right alone, the backend sees two slashes.",
    remedy="End both with a slash, or neither.",
    symptoms=(Symptom.ERROR_500, Symptom.ERROR_502, Symptom.ERROR_404),
    source="https://httpd.apache.org/docs/2.4/mod/mod_proxy.html#proxypass",
    good=(
        Case(text='ProxyPass "/app/" "http://127.0.0.1:9000/app/"\n'),
        Case(text='ProxyPass "/app" "http://127.0.0.1:9000/app"\n'),
    ),
    bad=(
        Case(text='ProxyPass "/" "http://127.0.0.1:9000"\n'),
        Case(text="ProxyPass /app/ http://127.0.0.1:9000/app nocanon\n"),
        Case(text="ProxyPass /app http://127.0.0.1:9000/\n"),
    ),
    check=check,
    profile=Profile.MINIMAL,
    fixes=True,
)
