"""Limits for the head of a request that browsers exceed."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

# What no browser gets by with, and what many requests exceed: an address with a search, a cookie of a login.
LIMITS = {
    "LimitRequestFields": (8, 30, "header fields", "400"),
    "LimitRequestFieldSize": (100, 2048, "bytes in a header field", "400"),
    "LimitRequestLine": (64, 1024, "bytes in the address with method and protocol", "414"),
}


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each limit that requests of browsers exceed always, or often.

    Of a virtual host that is not the first of its address httpd does not look at it.
    """
    for name, (never, seldom, what, status) in LIMITS.items():
        for statement in configuration.named(name):
            if not statement.certain or not statement.argument.isdigit():
                continue
            limit = int(statement.argument)
            if 0 < limit < seldom:
                sure = limit < never and len(configuration.named(name)) == 1 and statement.context.host is None
                yield Hit(
                    at=statement,
                    message=f"requests with more than {limit} {what} get a {status}",
                    severity=None if sure else Severity.WARNING,
                )


RULE = Rule(
    id="request-limit-small",
    group="resources",
    severity=Severity.ERROR,
    title="Limits for requests that browsers exceed",
    why="A browser sends a dozen header fields, with cookies of some kilobytes, and addresses of some hundred "
    "characters. Where the limit is lower httpd refuses the request before any site sees it: with a 400, or a 414 for "
    "a long address, for some visitors or for all.",
    remedy="Remove the line: httpd's own limits are 100 fields of 8190 bytes.",
    symptoms=(Symptom.ERROR_4XX,),
    source="https://httpd.apache.org/docs/2.4/mod/core.html#limitrequestfields",
    good=(
        Case(text="LimitRequestFields 60\nLimitRequestFieldSize 8190\nLimitRequestLine 4094\n"),
        Case(text="LimitRequestFields 0\n"),
    ),
    bad=(
        Case(text="LimitRequestFields 1\n"),
        Case(text="LimitRequestLine 20\n"),
        Case(text="LimitRequestFieldSize 512\n"),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
