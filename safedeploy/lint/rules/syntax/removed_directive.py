"""A directive that httpd 2.4 does not have any more."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import reach
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.knowledge import directives
from safedeploy.lint.knowledge.elsewhere import module_of
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each directive that a version up to 2.4 has removed, and that no module from elsewhere has."""
    for statement, severity in reach.statements(configuration):
        past = directives.past(statement.name)
        if past is None or past.removed is None or statement.is_section:
            continue
        if not _is_from_elsewhere(configuration, statement.name):
            yield Hit(
                at=statement,
                message=f"{past.name} was removed in httpd {past.removed}",
                remedy=f"Use instead: {past.instead}.",
                severity=severity,
            )


def _is_from_elsewhere(configuration: Configuration, name: str) -> bool:
    symbol = module_of(name)
    return symbol is not None and configuration.module(symbol) is not False


RULE = Rule(
    id="removed-directive",
    group="syntax",
    severity=Severity.ERROR,
    title="A directive that httpd 2.4 has no more",
    why="A configuration that was written for 1.3, 2.0 or 2.2 stops 2.4 from starting, often after an upgrade of the "
    "distribution, when httpd is started anew.",
    remedy="Use what took its place.",
    symptoms=(Symptom.NO_START, Symptom.ERROR_500),
    source="https://httpd.apache.org/docs/2.4/upgrading.html",
    good=(Case(text="LogLevel warn rewrite:trace3\n"),),
    bad=(Case(text="RewriteLog /var/log/apache2/rewrite.log\nRewriteLogLevel 3\n"),),
    check=check,
    profile=Profile.MINIMAL,
)
