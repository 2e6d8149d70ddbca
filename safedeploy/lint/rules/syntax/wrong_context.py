"""A directive in a section that does not take it."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import place
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.knowledge import directives
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each directive of the server's configuration whose sections httpd does not accept for it."""
    for statement in configuration.statements:
        known = directives.find(statement.name, section=statement.is_section)
        if known is None or known.platform is not None:
            continue
        section = place.offender(known, statement.context)
        if section is None or (section == "" and "the configuration around this file" in configuration.unknown):
            continue
        where = f"inside {section}" if section else "outside of all sections"
        yield Hit(
            at=statement,
            message=f"{known.shown} may not stand {where}",
            remedy=f"Move it to where it may stand: {place.allowed(known)}.",
            related=tuple(
                Related(position=one.position, text="the section begins here")
                for one in statement.context.sections[-1:]
            ),
        )


RULE = Rule(
    id="wrong-context",
    group="syntax",
    severity=Severity.ERROR,
    title="A directive in a section that does not take it",
    why="httpd refuses the whole configuration when a directive stands where it has no meaning.",
    remedy="Move it to a section that takes it.",
    symptoms=(Symptom.NO_START,),
    source="https://httpd.apache.org/docs/2.4/mod/directive-dict.html#Context",
    good=(Case(text='<Location "/live">\n    ProxyPass "http://127.0.0.1:9000/"\n</Location>\n'),),
    bad=(
        Case(
            text='<Directory "/srv/www">\n    ProxyPass "/live" "http://127.0.0.1:9000/"\n</Directory>\n',
        ),
        Case(text="Require all granted\n"),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
