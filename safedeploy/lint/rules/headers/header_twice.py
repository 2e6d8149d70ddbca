"""One header in both lists, so that answers have it twice."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import answer_headers
from safedeploy.lint.answer_headers import Written
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each header that one server sets with `always` and without, in the same section or once for the whole server."""
    found = [one for one in answer_headers.written(configuration) if one.condition is None and one.action == "set"]
    always = [one for one in found if one.always]
    for one in found:
        other = next((each for each in always if not one.always and _doubles(each, one)), None)
        if other is not None:
            yield Hit(
                at=one.statement,
                message=f"answers have {one.name} twice: it is set with always and without",
                remedy="Remove the one without always.",
                related=(Related(position=other.statement.position, text="it is set with always here"),),
            )


def _doubles(other: Written, one: Written) -> bool:
    here, there = one.statement.context, other.statement.context
    wide = not there.inner and there.htaccess is None and there.host in (None, here.host)
    certain = one.statement.active is True and other.statement.active is True
    return certain and other.name.lower() == one.name.lower() and (here is there or wide)


RULE = Rule(
    id="header-twice",
    group="headers",
    severity=Severity.WARNING,
    title="A header that is sent twice",
    why="`Header set` and `Header always set` write into two lists, and an answer that succeeds has both. A browser "
    "that gets X-Frame-Options or a policy twice may ignore both, or takes the stricter of the two.",
    remedy="Keep the line with `always`, and remove the other.",
    symptoms=(Symptom.WRONG_CONTENT,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_headers.html#header",
    good=(
        Case(text="Header always set X-Frame-Options DENY\nHeader set Cache-Control no-store\n"),
        Case(text="Header always set X-Frame-Options DENY\nHeader unset X-Frame-Options\n"),
    ),
    bad=(
        Case(text="Header always set X-Frame-Options DENY\nHeader set X-Frame-Options DENY\n"),
        Case(
            text="Header always set X-Frame-Options DENY\n<VirtualHost *:80>\n    Header set X-Frame-Options "
            "SAMEORIGIN\n</VirtualHost>\n"
        ),
    ),
    check=check,
)
