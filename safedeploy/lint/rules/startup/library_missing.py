"""LoadModule of a file that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each LoadModule whose file certainly does not exist."""
    for statement in configuration.named("LoadModule", "LoadFile"):
        if not statement.certain or not statement.arguments or "${" in statement.arguments[-1]:
            continue
        if statement.key == "loadmodule" and len(statement.arguments) != 2:
            continue
        path = configuration.absolute(statement.arguments[-1])
        if facts.there(configuration.files, path) is False:
            yield Hit(at=statement, message=f"{statement.name} names {path}, and there is no such file")


RULE = Rule(
    id="library-missing",
    group="startup",
    severity=Severity.ERROR,
    title="A module's file is not there",
    why="httpd refuses the whole configuration when it cannot load a module. Often an upgrade of the system took an "
    "older module away, such as that of an older PHP, and the line that loads it stayed.",
    remedy="Install the module, or disable it.",
    symptoms=(Symptom.NO_START,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_so.html#loadmodule",
    good=(
        Case(text="LoadModule mime_module /usr/lib/apache2/modules/mod_mime.so\n"),
        Case(
            text="LoadModule mine_module modules/mod_mine.so\n",
            files={"/etc/apache2/modules/mod_mine.so": ""},
            closed=("/etc/apache2",),
        ),
    ),
    bad=(
        Case(
            text="LoadModule php7_module /usr/lib/apache2/modules/libphp7.4.so\n",
            closed=("/usr/lib/apache2/modules",),
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
