"""A condition on a variable that nothing sets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from safedeploy.lint import reach, request_variables
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

# Set by modules, by other programs or by httpd itself; MATCH_NAME by a named group of <LocationMatch> and the like.
FROM_ELSEWHERE = (
    "ssl_",
    "geoip",
    "match_",
    "mm_",
    "mod_",
    "redirect_",
    "remote_",
    "http",
    "server_",
    "auth",
    "jk_",
    "h2",
    "oidc_",
)
FROM_ELSEWHERE_TOO = (
    "downgrade-1.0",
    "gzip-only-text/html",
    "no-gzip",
    "nokeepalive",
    "is_subreq",
    "proto",
    "unique_id",
)


# One letter of six, and no less.
ALIKE = 0.83


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each condition on a variable that is set nowhere; an error where one of nearly that name is set for nothing."""
    statements = list(reach.statements(configuration))
    are_set = {name.lower(): name for statement, _ in statements for name in request_variables.set_by(statement)}
    asked = [
        (statement, severity, name)
        for statement, severity in statements
        for name in request_variables.asked_by(statement)
    ]
    unused = sorted(are_set.keys() - {name.lower() for _, _, name in asked})
    for statement, severity, name in asked:
        if not statement.certain or {"$", "%"} & set(name) or name.lower() in are_set or _comes_from_elsewhere(name):
            continue
        meant = are_set.get(_nearest(name.lower(), unused))
        if meant is not None or configuration.complete:
            yield Hit(
                at=statement,
                message=f"nothing sets the variable {name}" + (f", and nothing asks for {meant}" if meant else ""),
                remedy=f"Write {meant} in both places." if meant else None,
                severity=severity if meant else Severity.WARNING,
            )


def _nearest(name: str, known: Sequence[str]) -> str:
    """The name that differs in a letter; one that differs in a number is another one on purpose."""
    kept = [one for one in known if re.sub(r"\d", "", one) != re.sub(r"\d", "", name)]
    return next(iter(get_close_matches(name, kept, n=1, cutoff=ALIKE)), "")


def _comes_from_elsewhere(name: str) -> bool:
    return name.lower().startswith(FROM_ELSEWHERE) or name.lower() in FROM_ELSEWHERE_TOO


RULE = Rule(
    id="env-never-set",
    group="headers",
    severity=Severity.ERROR,
    title="A condition on a variable that nothing sets",
    why="`env=NAME` lets a header, a log or an access rule depend on a variable that another line sets. With a slip in "
    "one of the two names the condition is never true, and nothing says so: the header is missing from every answer, "
    "the log stays empty or has what it should leave out.",
    remedy="Set the variable with `SetEnvIf`, or correct its name.",
    symptoms=(Symptom.NO_EFFECT, Symptom.WRONG_CONTENT),
    source="https://httpd.apache.org/docs/2.4/mod/mod_headers.html#header",
    good=(
        Case(text='SetEnvIf Origin "^https://a\\.test$" CORS=1\nHeader set Vary Origin env=CORS\n'),
        Case(text="CustomLog logs/tls.log common env=HTTPS\n"),
        Case(text='<LocationMatch "^/(?<area>a|b)/">\n  Require env MATCH_AREA\n</LocationMatch>\n'),
        Case(text="MaxMindDBEnv COUNTRY DB/country/iso_code\nHeader set X-Country yes env=COUNTRY\n"),
        Case(text='SecAction "id:1,phase:1,nolog,pass,setenv:scanner=1"\nHeader set X-Scanner yes env=scanner\n'),
        Case(text='RewriteRule "^/health$" - [E=nolog:1]\nCustomLog logs/access.log common env=!nolog\n'),
    ),
    bad=(
        Case(text='SetEnvIf Origin "^https://a\\.test$" CORS_OK\nHeader set Vary Origin env=CORS_0K\n'),
        Case(text="SetEnv nologs 1\nCustomLog logs/access.log common env=!nolog\n"),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
