"""A directive that no module has."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Edit, Fix, Severity
from safedeploy.lint.knowledge import directives, modules
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

# Modules from elsewhere whose directives have been the same for many years.
SETTLED = {"php_module", "wsgi_module", "fcgid_module", "evasive20_module", "xsendfile_module", "rpaf_module"}


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each directive that is in no table and was in none before."""
    severity = None if _all_known(configuration, facts) else Severity.WARNING
    every = [*configuration.statements, *(each for one in configuration.htaccess for each in one.statements)]
    for statement in every:
        name = statement.name
        known = directives.find(name, section=statement.is_section)
        if known is not None or directives.past(name) is not None or "${" in name or _foreign(statement):
            continue
        shown = f"<{name}>" if statement.is_section else name
        match = directives.similar(name, section=statement.is_section)
        meant = f"; did you mean {match}?" if match else ""
        yield Hit(
            at=statement,
            message=f"no module has a directive {shown}{meant}",
            remedy=f"Write {match}, or load the module that has {shown}." if match else None,
            severity=severity if match else severity or (None if statement.active else Severity.WARNING),
            fix=_fix(statement, match),
        )


def _all_known(configuration: Configuration, facts: Facts) -> bool:
    """Whether every directive that could be meant is in the tables."""
    if not configuration.modules_complete or (facts.version or (2, 4, 0)) > directives.VERSION:
        return False
    loaded = {name for name, state in configuration.modules.items() if state is not False}
    return all(
        (module := modules.find(name)) is not None and (module.package == "apache2" or name in SETTLED)
        for name in loaded
    )


def _foreign(statement: Statement) -> bool:
    """Whether it stands in a section whose content is not httpd's to read, such as <Perl>."""
    return any(directives.find(one.directive.name, section=True) is None for one in statement.context.sections)


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
