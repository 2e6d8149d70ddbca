"""A regular expression with an alternative that is empty."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import patterns, reach
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

# Each of these matches any text.
ANYTHING = ("", "^", "$")


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each pattern of several alternatives, one of which is nothing."""
    for statement, severity in reach.statements(configuration):
        pattern = patterns.of(statement) if statement.certain else None
        if pattern is None:
            continue
        alternatives = patterns.alternatives(pattern)
        if len(alternatives) > 1 and any(one in ANYTHING for one in alternatives):
            meant = "|".join(one for one in alternatives if one not in ANYTHING)
            yield Hit(
                at=statement,
                message=f"{pattern} matches everything: one of its alternatives is empty",
                remedy=f"Write {meant}, or say in a comment that everything is meant." if meant else None,
                severity=severity,
            )


RULE = Rule(
    id="pattern-matches-all",
    group="hygiene",
    severity=Severity.ERROR,
    title="A regular expression that matches everything by mistake",
    why="A `|` at the beginning or the end of a regular expression has nothing on one side, and nothing is found in "
    "every text: `^/health|` is for all addresses. What was meant for a few of them then holds for all, and a log "
    "that should leave out the health checks stays empty.",
    remedy="Remove the `|` that has nothing beside it.",
    symptoms=(Symptom.WRONG_CONTENT, Symptom.ERROR_403, Symptom.NO_EFFECT),
    source="https://httpd.apache.org/docs/2.4/mod/mod_setenvif.html#setenvif",
    good=(
        Case(text='SetEnvIf Request_URI "^/(health|)$" nolog\n'),
        Case(text='SetEnvIf Request_URI "^/health|^/ready" nolog\n'),
        Case(text='RewriteCond "%{HTTP_REFERER}" "^$|[|]|a\\|"\nRewriteRule ^ - [F]\n'),
    ),
    bad=(
        Case(text='SetEnvIf Request_URI "^/health|" nolog\n'),
        Case(text='<FilesMatch "|\\.bak$">\n    Require all denied\n</FilesMatch>\n'),
        Case(text='RewriteCond "%{HTTP_USER_AGENT}" "badbot||evilbot"\nRewriteRule ^ - [F]\n'),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
