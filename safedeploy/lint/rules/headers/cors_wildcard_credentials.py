"""Access-Control-Allow-Origin: * together with credentials."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import answer_headers
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Rule, Symptom
from safedeploy.lint.servers import may_overlap


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each origin `*` where credentials are allowed too."""
    found = list(answer_headers.written(configuration))
    allowing = [
        one for one in found if one.name.lower() == "access-control-allow-credentials" and one.value.lower() == "true"
    ]
    for one in found:
        if one.name.lower() != "access-control-allow-origin" or one.value != "*":
            continue
        other = next((each for each in allowing if may_overlap(each.statement.context, one.statement.context)), None)
        if other is not None:
            yield Hit(
                at=one.statement,
                message="browsers refuse the origin * for requests with credentials, which are allowed too",
                related=(Related(position=other.statement.position, text="credentials are allowed here"),),
            )


RULE = Rule(
    id="cors-wildcard-credentials",
    group="headers",
    severity=Severity.WARNING,
    title="Any origin, and credentials",
    why="A browser that sends cookies or a login to another site shows the answer to the page only if that site names "
    "the page's origin. For `Access-Control-Allow-Origin: *` it throws the answer away: the log has a 200, and the "
    "application of the visitor an error.",
    remedy="Name the origin: `SetEnvIf Origin` with a pattern of those that may, and `Header always set` with `env=`; "
    "or leave out Access-Control-Allow-Credentials.",
    symptoms=(Symptom.WRONG_CONTENT,),
    source="https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS/Errors/CORSNotSupportingCredentials",
    good=(
        Case(text='Header set Access-Control-Allow-Origin "*"\n'),
        Case(
            text='Header set Access-Control-Allow-Origin "https://app.example.test"\n'
            'Header set Access-Control-Allow-Credentials "true"\n'
        ),
        Case(
            text='<Location /fonts>\n    Header set Access-Control-Allow-Origin "*"\n</Location>\n<Location /api>\n'
            '    Header set Access-Control-Allow-Credentials "true"\n</Location>\n'
        ),
    ),
    bad=(
        Case(text='Header set Access-Control-Allow-Origin "*"\nHeader set Access-Control-Allow-Credentials "true"\n'),
    ),
    check=check,
)
