"""Methods that are refused everywhere, and that an application behind a proxy needs."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Rule, Symptom

METHODS = ("PUT", "PATCH", "DELETE", "OPTIONS")


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each <LimitExcept> for all sites that refuses such methods, where a site passes requests to an application."""
    passed_on = next((each for each in configuration.named("ProxyPass") if _passes_on(each)), None)
    if passed_on is None:
        return
    for each in configuration.named("Require", "Deny"):
        section = each.context.within("limitexcept")
        words = [word.lower() for word in each.arguments]
        if section is None or each.context.host is not None or words not in (["all", "denied"], ["from", "all"]):
            continue
        if not any(one.key == "location" and one.arguments in (("/",), ("",)) for one in each.context.inner):
            continue
        refused = [name for name in METHODS if name not in {word.upper() for word in section.arguments}]
        if {"PUT", "DELETE"} & set(refused):
            yield Hit(
                at=each,
                message=f"{', '.join(refused)} get a 403 on all sites, also where "
                f"{next(word for word in passed_on.arguments if '://' in word)} would have answered",
                related=(Related(position=passed_on.position, text="an application answers here"),),
            )


def _passes_on(statement: Statement) -> bool:
    return any("://" in word for word in statement.arguments) and statement.context.host is not None


RULE = Rule(
    id="limit-shuts-out",
    group="access",
    severity=Severity.WARNING,
    title="Methods that are refused on all sites",
    why="A list of allowed methods for the whole server is in many hardening guides. An interface that changes things "
    "by `PUT` and `DELETE`, or that browsers ask by `OPTIONS` first, answers with a 403 from then on.",
    remedy="Limit methods in the sites that need it, or leave those out that pass requests to an application.",
    symptoms=(Symptom.ERROR_403,),
    source="https://httpd.apache.org/docs/2.4/mod/core.html#limitexcept",
    good=(
        Case(text="<Location />\n    <LimitExcept GET>\n        Require all denied\n    </LimitExcept>\n</Location>\n"),
        Case(
            text="<VirtualHost *:80>\n    <Location />\n        <LimitExcept GET>\n            Require all denied\n"
            "        </LimitExcept>\n    </Location>\n    ProxyPass / http://127.0.0.1:9000/\n</VirtualHost>\n"
        ),
    ),
    bad=(
        Case(
            text="<Location />\n    <LimitExcept GET>\n        Require all denied\n    </LimitExcept>\n</Location>\n"
            "<VirtualHost *:80>\n    ProxyPass / http://127.0.0.1:9000/\n</VirtualHost>\n"
        ),
    ),
    check=check,
)
