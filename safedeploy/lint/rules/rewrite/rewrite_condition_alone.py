"""A RewriteCond that belongs to no rule."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.reach import statements
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Context
from safedeploy.lint.rewriting import Rewrite, rewrites
from safedeploy.lint.rule import Case, Hit, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each condition after the last rule of its place, and each rule that is meant to have those of the rule before."""
    if configuration.module("rewrite") is False:
        return
    read = [(each, severity) for each, severity in statements(configuration) if each.active is not False]
    severities = {id(each): severity for each, severity in read}
    rules, left = rewrites(each for each, _ in read)
    told: set[Context] = set()
    for condition in left:
        if condition.statement.context not in told:
            told.add(condition.statement.context)
            yield Hit(
                at=condition.statement,
                message=f"no RewriteRule follows RewriteCond {condition.test} here",
                severity=severities[id(condition.statement)],
            )
    for before, rule in itertools.pairwise(rules):
        if _is_forgotten(before, rule):
            yield Hit(
                at=rule.statement,
                message=f"RewriteCond {before.conditions[-1].test} is for the rule before alone: this one redirects "
                "every request",
                severity=severities[id(rule.statement)],
            )


def _is_forgotten(before: Rewrite, rule: Rewrite) -> bool:
    """Whether a rule for everything stands on the next line after a redirect with conditions."""
    return (
        rule.statement.context is before.statement.context
        and bool(before.conditions)
        and not rule.conditions
        and before.leaves
        and rule.leaves
        and "c" not in before.flags
        and rule.pattern in ("^", ".*", "^(.*)$", "(.*)", "^/(.*)$", "^/?(.*)$", "^.*$")
        and rule.statement.position.line == before.statement.position.end_line + 1
        and before.pattern not in ("^", ".*", "^(.*)$", "(.*)", "^/(.*)$", "^/?(.*)$", "^.*$")
    )


RULE = Rule(
    id="rewrite-condition-alone",
    group="rewrite",
    severity=Severity.WARNING,
    title="A condition without its rule",
    why="`RewriteCond` is for the next `RewriteRule` and for that one alone. A condition at the end has no effect, and "
    "a second rule below the same conditions has none of them: it changes every request.",
    remedy="Put the conditions directly before their rule, and repeat them for each.",
    symptoms=(Symptom.NO_EFFECT, Symptom.REDIRECTS),
    source="https://httpd.apache.org/docs/2.4/mod/mod_rewrite.html#rewritecond",
    good=(
        Case(
            text="RewriteEngine On\nRewriteCond %{HTTPS} off\nRewriteRule ^/old https://www.example.com/ [R]\n"
            "RewriteRule ^/older /old [R]\n"
        ),
    ),
    bad=(
        Case(text="RewriteEngine On\nRewriteRule ^/old /new [R]\nRewriteCond %{HTTPS} off\n"),
        Case(
            text="RewriteEngine On\nRewriteCond %{HTTPS} off\nRewriteRule ^/shop https://shop.example.com/ [R]\n"
            "RewriteRule ^(.*)$ https://www.example.com$1 [R]\n"
        ),
    ),
    check=check,
)
