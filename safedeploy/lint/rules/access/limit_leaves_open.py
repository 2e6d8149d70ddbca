"""A protection inside of <Limit>, which other methods walk around."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.reach import statements
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each <Limit> of GET that asks for something, where nothing is asked for outside of it; told once for each."""
    read = [(each, severity) for each, severity in statements(configuration) if each.active is not False]
    told: set[int] = set()
    for each, severity in read:
        section = each.context.within("limit")
        if section is None or id(section) in told or not _restricts(each):
            continue
        methods = {word.upper() for word in section.arguments}
        around = each.context.sections[: each.context.sections.index(section)]
        outside = any(one.key in ("require", "deny") and one.context.sections == around
                      and one.context.htaccess == each.context.htaccess for one, _ in read)  # fmt: skip
        if "GET" not in methods or outside:
            continue
        told.add(id(section))
        example = next(name for name in ("POST", "PUT", "OPTIONS") if name not in methods or name == "OPTIONS")
        yield Hit(
            at=each,
            message=f"{each.name} {' '.join(each.arguments)} holds for {' '.join(section.arguments)} alone: a "
            f"{example} of the same address is let through",
            severity=severity,
        )


def _restricts(statement: Statement) -> bool:
    words = [word.lower() for word in statement.arguments]
    return statement.key == "deny" or (statement.key == "require" and bool(words) and words != ["all", "granted"])


RULE = Rule(
    id="limit-leaves-open",
    group="access",
    severity=Severity.WARNING,
    title="A protection for some methods only",
    why="`<Limit GET POST>` protects these methods, and leaves all others open. Scripts answer a method that they do "
    "not know like a GET, so a password in front of `GET` and `POST` is walked around with any other word.",
    remedy="Take `<Limit>` away: access is asked for by all methods then.",
    symptoms=(Symptom.EXPOSED,),
    source="https://httpd.apache.org/docs/2.4/mod/core.html#limit",
    good=(
        Case(
            text="<Directory /srv>\n    <LimitExcept GET OPTIONS>\n        Require valid-user\n    </LimitExcept>\n"
            "</Directory>\n"
        ),
        Case(text="<Directory /srv>\n    <Limit PUT DELETE>\n        Require valid-user\n    </Limit>\n</Directory>\n"),
        Case(text="<Directory /srv/www>\n    <Limit GET>\n        Require all granted\n    </Limit>\n</Directory>\n"),
    ),
    bad=(
        Case(
            text="<Directory /srv/www>\n    <Limit GET POST>\n        Require valid-user\n    </Limit>\n</Directory>\n"
        ),
    ),
    check=check,
)
