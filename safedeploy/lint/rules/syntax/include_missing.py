"""An Include that finds nothing."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each Include whose file certainly is not there."""
    for missing in configuration.missing_includes:
        if missing.optional or not missing.certain:
            continue
        yield Hit(
            at=missing.statement,
            message=f"there is nothing at {missing.pattern}",
            remedy="Correct the path, deliver the file too, or use IncludeOptional where the file may be missing.",
        )


RULE = Rule(
    id="include-missing",
    group="syntax",
    severity=Severity.ERROR,
    title="An Include finds nothing",
    why="httpd refuses a configuration that includes what is not there. It is delivered by another role, lies in "
    "another directory, or was renamed.",
    remedy="Correct the path, or use `IncludeOptional` where the file may be missing.",
    symptoms=(Symptom.NO_START,),
    source="https://httpd.apache.org/docs/2.4/mod/core.html#include",
    good=(
        Case(text="IncludeOptional /etc/apache2/local.conf\n", closed=("/etc/apache2",)),
        Case(text="Include /etc/apache2/local.conf\n"),
    ),
    bad=(Case(text="Include /etc/apache2/local.conf\n", closed=("/etc/apache2",)),),
    check=check,
    profile=Profile.MINIMAL,
)
