"""SetEnvIf that sets nothing."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import reach
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

# How many words stand before the first variable.
_BEFORE = {"browsermatch": 1, "browsermatchnocase": 1, "setenvif": 2, "setenvifexpr": 1, "setenvifnocase": 2}


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each of them without a variable to set."""
    if configuration.module("setenvif_module") is False:
        return
    for statement, lowered in reach.statements(configuration):
        before = _BEFORE.get(statement.key)
        if before is None or not statement.certain or len(statement.arguments) > before:
            continue
        yield Hit(
            at=statement,
            message=f"{statement.name} {' '.join(statement.arguments)} names no variable",
            severity=lowered,
        )


RULE = Rule(
    id="setenvif-arguments",
    group="syntax",
    severity=Severity.ERROR,
    title="SetEnvIf without a variable",
    why="httpd refuses the whole configuration when there is nothing behind the pattern that is to be set. In an "
    "`.htaccess` every request below its directory is answered with a 500.",
    remedy='Write it as `SetEnvIf HEADER "PATTERN" NAME`; `BrowserMatch` takes no header.',
    symptoms=(Symptom.NO_START, Symptom.ERROR_500),
    source="https://httpd.apache.org/docs/2.4/mod/mod_setenvif.html#setenvif",
    good=(Case(text='SetEnvIf User-Agent "bot" robot\nBrowserMatch bot robot=1 !human\n'),),
    bad=(Case(text='SetEnvIf Request_URI "^/health$"\n'), Case(text="BrowserMatch bot\n")),
    check=check,
    profile=Profile.MINIMAL,
)
