"""A directive of a module that is not loaded."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import reach
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.knowledge import directives, modules
from safedeploy.lint.known import is_foreign
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each directive that httpd reads and of whose modules none is loaded."""
    for statement, severity in reach.statements(configuration):
        yield from _hits(configuration, statement, severity)


def _hits(configuration: Configuration, statement: Statement, severity: Severity | None) -> Iterator[Hit]:
    known = directives.find(statement.name, section=statement.is_section)
    past = directives.past(statement.name)
    if known is None or not known.modules or (past is not None and past.removed is not None):
        return
    if any(configuration.module(symbol) is not False for symbol in known.modules) or is_foreign(statement):
        return
    wanted = [module for symbol in known.modules if (module := modules.find(symbol)) is not None]
    names = " or ".join(module.short for module in wanted) or known.modules[0]
    guard = next((module.source for module in wanted), known.modules[0])
    shown = known.shown if wanted else statement.directive.name
    yield Hit(
        at=statement,
        message=f"{shown} is a directive of {names}, which is not loaded",
        remedy=f"Either {modules.advice(known.modules[0])}, or put it inside <IfModule {guard}> to do without it.",
        severity=severity,
    )


RULE = Rule(
    id="module-missing",
    group="syntax",
    severity=Severity.ERROR,
    title="A directive of a module that is not loaded",
    why="httpd does not know a directive whose module is not loaded, and refuses the whole configuration: the "
    "classic of a file that was copied from a host with more modules. An `<IfModule>` round it hides that, and the "
    "setting with it.",
    remedy="Enable the module, or put the directive inside `<IfModule>` if the site works without it.",
    symptoms=(Symptom.NO_START, Symptom.ERROR_500),
    source="https://httpd.apache.org/docs/2.4/mod/core.html#ifmodule",
    good=(
        Case(text="<IfModule mod_expires.c>\n    ExpiresActive On\n</IfModule>\n", modules=()),
        Case(text="ExpiresActive On\n", modules=("expires_module",)),
    ),
    bad=(Case(text="ExpiresActive On\n", modules=()),),
    check=check,
    profile=Profile.MINIMAL,
)
