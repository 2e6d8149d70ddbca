"""A directive with too few or too many arguments."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import reach
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.knowledge import directives, modules
from safedeploy.lint.knowledge.directives import Known
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

_LEAST = {"flag": 1, "iterate": 1, "iterate2": 2}


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each directive of httpd's own modules whose arguments are not as many as it takes."""
    later = Severity.WARNING if (facts.version or (2, 4, 0)) > directives.VERSION else None
    for statement, lowered in reach.statements(configuration):
        known = directives.find(statement.name, section=statement.is_section)
        if known is None or statement.is_section or not statement.certain or not _is_own(configuration, known):
            continue
        least, most = _bounds(known)
        given = len(statement.arguments)
        if "" in statement.arguments or (given >= least and (most is None or given <= most)):
            continue
        remark = next((number for number, word in enumerate(statement.arguments) if word.startswith("#")), None)
        if remark is not None and remark >= least:
            yield Hit(
                at=statement,
                message=f"{known.name} takes {_words(least, most)}, and the remark behind it is read as more of them",
                remedy="Move the remark to a line of its own: httpd knows none at the end of a line.",
                severity=lowered or later,
            )
        else:
            yield Hit(
                at=statement,
                message=f"{known.name} takes {_words(least, most)}, here it has {given or 'none'}",
                remedy=_remedy(statement, most),
                severity=lowered or later,
            )


def _is_own(configuration: Configuration, known: Known) -> bool:
    """Whether it is certainly a directive of httpd's own that is read here."""
    if known.platform is not None:
        return False
    found = [modules.find(name) for name in known.modules]
    own = all(module is not None and module.package == "apache2" for module in found)
    return own and any(configuration.module(name) is not False for name in known.modules)


def _bounds(known: Known) -> tuple[int, int | None]:
    if known.arguments in _LEAST:
        return _LEAST[known.arguments], None
    if known.arguments[0].isdigit():
        return int(known.arguments[0]), int(known.arguments[-1])
    return 0, None


def _words(least: int, most: int | None) -> str:
    if most is None:
        return "an argument" if least == 1 else f"at least {least} arguments"
    if least == most:
        return "one argument" if least == 1 else f"{least} arguments"
    return f"{least} to {most} arguments"


def _remedy(statement: Statement, most: int | None) -> str | None:
    if most is None or len(statement.arguments) <= most:
        return None
    return "Put what belongs together in quotes, or take away what is too much."


RULE = Rule(
    id="argument-count",
    group="syntax",
    severity=Severity.ERROR,
    title="Too few or too many arguments",
    why="httpd refuses a configuration in which one directive has an argument too few or too many. Often a text with "
    "spaces lacks its quotes, or a remark stands behind the directive: httpd only takes a line for a remark that "
    "begins with `#`. In an `.htaccess` every request below its directory is answered with a 500.",
    remedy="Give it as many arguments as its documentation says.",
    symptoms=(Symptom.NO_START, Symptom.ERROR_500),
    source="https://httpd.apache.org/docs/2.4/configuring.html#syntax",
    good=(
        Case(text='ServerName www.example.test\nErrorDocument 404 "Not here."\nKeepAlive On # ignored\n'),
        Case(text="DirectoryIndex index.html index.php\nAddType text/plain .txt .log\n"),
    ),
    bad=(
        Case(text="ServerTokens Prod # hide the version\n"),
        Case(text="ErrorDocument 404 Not here\n"),
        Case(text="DocumentRoot\n"),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
