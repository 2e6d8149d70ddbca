"""A directive under an old name, or without effect."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Edit, Fix, Severity
from safedeploy.lint.knowledge import directives
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Rule, Symptom

# Old names of what is otherwise the same.
RENAMED = {"maxclients": "MaxRequestWorkers", "maxrequestsperchild": "MaxConnectionsPerChild"}


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each directive that httpd 2.4 still takes and a later version will not."""
    for statement in configuration.statements:
        past = directives.past(statement.name)
        if past is None or past.removed is not None or statement.is_section or _is_fine(statement):
            continue
        yield Hit(
            at=statement,
            message=f"{past.name} is outdated",
            remedy=f"Use instead: {past.instead}.",
            fix=_fix(statement),
        )


def _is_fine(statement: Statement) -> bool:
    """Debian writes `DefaultType None`, which is what is left of it; access control has rules of its own."""
    access = {"order", "allow", "deny", "satisfy"}
    return statement.key in access or (statement.key == "defaulttype" and statement.argument.lower() == "none")


def _fix(statement: Statement) -> Fix | None:
    new = RENAMED.get(statement.key)
    if new is None:
        return None
    return Fix(title=f"Write {new}.", edits=(Edit(position=statement.directive.name_position, text=new),))


RULE = Rule(
    id="outdated-directive",
    group="syntax",
    severity=Severity.INFO,
    title="A directive under an old name, or one without effect",
    why="httpd 2.4 takes it and may say so in the error log; people who read it look for it in the manual in vain, "
    "and a later version will refuse it.",
    remedy="Use what took its place.",
    symptoms=(Symptom.NO_EFFECT,),
    source="https://httpd.apache.org/docs/2.4/upgrading.html",
    good=(Case(text="MaxRequestWorkers 150\n"),),
    bad=(Case(text="MaxClients 150\n"), Case(text="NameVirtualHost *:80\n")),
    check=check,
    fixes=True,
)
