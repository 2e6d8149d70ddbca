"""A header for security that errors and redirects do not have."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import answer_headers
from safedeploy.lint.answer_headers import Written
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Rule, Symptom

HEADERS = {
    "content-security-policy",
    "permissions-policy",
    "referrer-policy",
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
}


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each of these headers that is written without `always`, and nowhere with it for the same server."""
    found = list(answer_headers.written(configuration))
    for one in found:
        if not one.always and one.name.lower() in HEADERS and not any(_is_the_other(one, other) for other in found):
            yield Hit(
                at=one.statement,
                message=f"{one.name} is missing from redirects and from most errors: the line lacks always",
                remedy=f"Write Header always {one.action} {one.name}.",
            )


def _is_the_other(one: Written, other: Written) -> bool:
    same = other.statement.context.host in (None, one.statement.context.host)
    return other.always and same and other.name.lower() == one.name.lower()


RULE = Rule(
    id="security-header-not-always",
    group="headers",
    severity=Severity.WARNING,
    title="A header for security without always",
    why="httpd keeps two lists of headers. `Header set` writes into that for answers that succeed; redirects, and "
    "errors such as 401 and 403, have the other one, which `Header always set` writes into. Strict-Transport-Security "
    "is then missing from the very redirect that a visitor sees first.",
    remedy="Write `Header always set`.",
    symptoms=(Symptom.WRONG_CONTENT,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_headers.html#header",
    good=(
        Case(text="Header always set X-Frame-Options DENY\n"),
        Case(text="Header set Cache-Control no-store\n"),
        Case(text="Header unset X-Frame-Options\n"),
    ),
    bad=(
        Case(text="Header set X-Content-Type-Options nosniff\n"),
        Case(text='<VirtualHost *:443>\n    Header set Strict-Transport-Security "max-age=31536000"\n</VirtualHost>\n'),
    ),
    check=check,
)
