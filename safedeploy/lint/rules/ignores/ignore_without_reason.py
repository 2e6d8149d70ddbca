"""A comment that ignores a finding and does not say why."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.ignores import comments
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each comment that names a rule and gives no reason."""
    for comment in comments(configuration):
        if comment.rules and not comment.reason:
            yield Hit(
                at=comment.position,
                message=f"this comment does not say why {', '.join(comment.rules)} is fine here, so it ignores nothing",
            )


RULE = Rule(
    id="ignore-without-reason",
    group="ignores",
    severity=Severity.WARNING,
    title="A comment ignores a finding without a reason",
    why="Whoever reads the configuration next cannot tell a decision from an accident. So such a comment has no "
    "effect.",
    remedy="Write the reason behind the rule's name.",
    symptoms=(Symptom.NO_EFFECT,),
    source="https://httpd.apache.org/docs/2.4/configuring.html#syntax",
    good=(
        Case(
            text="# safedeploy: ignore outdated-directive the old balancer reads this file too\nNameVirtualHost *:80\n"
        ),
    ),
    bad=(Case(text="# safedeploy: ignore outdated-directive\nNameVirtualHost *:80\n"),),
    check=check,
    profile=Profile.MINIMAL,
)
