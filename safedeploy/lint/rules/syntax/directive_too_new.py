"""A directive that the host's httpd does not have yet."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import reach
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.knowledge import directives
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Rule, Symptom


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each directive that came after the host's version. Distributions carry some back: never an error."""
    if facts.version is None:
        return
    have = ".".join(str(part) for part in facts.version)
    for statement, _ in reach.statements(configuration):
        known = directives.find(statement.name, section=statement.is_section)
        if known is not None and known.since is not None and facts.version < known.since:
            since = ".".join(str(part) for part in known.since)
            yield Hit(
                at=statement,
                message=f"{known.shown} came with httpd {since}, and the host has {have}",
                remedy=f"Put it inside <IfVersion >= {since}>, or upgrade httpd first.",
            )


RULE = Rule(
    id="directive-too-new",
    group="syntax",
    severity=Severity.WARNING,
    title="A directive that the host's httpd does not have yet",
    why="Hosts of one fleet often have different versions of httpd. One that is older than the directive refuses the "
    "configuration.",
    remedy="Put it inside `<IfVersion>`, or upgrade httpd first.",
    symptoms=(Symptom.NO_START,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_version.html",
    good=(
        Case(text="<IfVersion >= 2.4.39>\n    MergeSlashes Off\n</IfVersion>\n", version=(2, 4, 37)),
        Case(text="MergeSlashes Off\n", version=(2, 4, 57)),
    ),
    bad=(Case(text="MergeSlashes Off\n", version=(2, 4, 37)),),
    check=check,
)
