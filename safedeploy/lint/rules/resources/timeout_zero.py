"""Timeout 0, with which no backend can be reached."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import proxying
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.proxying import EXCLUDED, Pass
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each Timeout 0; an error where requests are passed on to a backend without a time of their own."""
    for statement in configuration.named("Timeout"):
        if statement.argument != "0" or not statement.certain or _is_overridden(configuration, statement):
            continue
        taken = next((one for one in proxying.passes(configuration) if _waits(configuration, statement, one)), None)
        yield Hit(
            at=statement,
            message=f"httpd waits no time at all for {taken.target}" if taken else "httpd waits no time at all",
            severity=None if taken else Severity.WARNING,
        )


def _is_overridden(configuration: Configuration, statement: Statement) -> bool:
    """Whether a later one holds for the same server."""
    same = [each for each in configuration.named("Timeout") if each.context.host is statement.context.host]
    return same[-1] is not statement


def _waits(configuration: Configuration, statement: Statement, one: Pass) -> bool:
    if one.target == EXCLUDED or one.statement.active is not True or proxying.scheme_of(one.target) == "balancer":
        return False
    own = [each for each in configuration.named("Timeout", "ProxyTimeout") if each is not statement]
    if any(each.context.host in (None, one.server) for each in own):
        return False
    if any(word.lower().startswith(("timeout=", "connectiontimeout=")) for word in one.settings):
        return False
    return statement.context.host in (None, one.server)


RULE = Rule(
    id="timeout-zero",
    group="resources",
    severity=Severity.ERROR,
    title="Timeout 0",
    why="0 does not switch `Timeout` off: it is a time of no seconds. No connection to a backend is made within that, "
    "and every request that is passed on gets a 503.",
    remedy="Write a number of seconds, such as `Timeout 60`.",
    symptoms=(Symptom.ERROR_502,),
    source="https://httpd.apache.org/docs/2.4/mod/core.html#timeout",
    good=(
        Case(text="Timeout 60\nProxyPass / http://127.0.0.1:9000/\n"),
        Case(text="Timeout 0\nTimeout 60\n"),
    ),
    bad=(
        Case(text="Timeout 0\nProxyPass / http://127.0.0.1:9000/\n"),
        Case(text="Timeout 0\n"),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
