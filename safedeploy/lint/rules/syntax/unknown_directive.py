"""A directive that no module has."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import reach
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Edit, Fix, Severity
from safedeploy.lint.knowledge import directives
from safedeploy.lint.known import every_directive, is_foreign
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each directive that is in no table and was in none before."""
    severity = None if every_directive(configuration, facts) else Severity.WARNING
    for statement, lowered in reach.statements(configuration):
        name = statement.name
        known = directives.find(name, section=statement.is_section)
        if known is not None or directives.past(name) is not None or "${" in name or is_foreign(statement):
            continue
        shown = f"<{name}>" if statement.is_section else name
        match = directives.similar(name, section=statement.is_section)
        meant = f"; did you mean {match}?" if match else ""
        yield Hit(
            at=statement,
            message=f"no module has a directive {shown}{meant}",
            remedy=f"Write {match}, or load the module that has {shown}." if match else None,
            severity=severity or lowered,
            fix=_fix(statement, match),
        )


def _fix(statement: Statement, match: str | None) -> Fix | None:
    if match is None or statement.is_section or match.lower() != statement.key.replace("-", "").replace("_", ""):
        return None
    return Fix(title=f"Write {match}.", edits=(Edit(position=statement.directive.name_position, text=match),))


RULE = Rule(
    id="unknown-directive",
    group="syntax",
    severity=Severity.ERROR,
    title="A directive that no module has",
    why="httpd refuses a configuration with a word that it does not know, whatever else is right in it. In an "
    "`.htaccess` it answers every request below the directory with a 500.",
    remedy="Correct the name, or load the module that has it.",
    symptoms=(Symptom.NO_START, Symptom.ERROR_500),
    source="https://httpd.apache.org/docs/2.4/mod/directives.html",
    good=(Case(text="DocumentRoot /var/www/html\n", modules=()),),
    bad=(
        Case(text="DocumnetRoot /var/www/html\n", modules=()),
        Case(text="Document-Root /var/www/html\n", modules=()),
    ),
    check=check,
    profile=Profile.MINIMAL,
    fixes=True,
)
