"""A log that is piped into a program which is not there."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.rules.startup.directory_missing import LOGS

# What comes with httpd, or with every system.
_USUAL = ("/bin/", "/usr/bin/", "/usr/sbin/")
_USUAL_NAMES = {"rotatelogs", "logger", "cat", "tee", "sh", "bash", "sed", "true", "logresolve", "systemd-cat"}


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each piped log whose program certainly is not there, and as info one that not every host has."""
    for statement in configuration.named(*LOGS):
        program = _program(statement)
        if program is None:
            continue
        if "/" not in program:
            yield Hit(
                at=statement,
                message=f"{statement.name} starts {program} without its path, and httpd looks for it nowhere",
                remedy=f"Write the whole path, such as /usr/bin/{program}.",
            )
        if not program.startswith("/"):
            continue
        there = facts.there(configuration.files, program)
        if there is False:
            yield Hit(at=statement, message=f"{statement.name} starts {program}, which is not there")
        elif there is None and not (program.startswith(_USUAL) and program.rpartition("/")[2] in _USUAL_NAMES):
            yield Hit(
                at=statement,
                message=f"{statement.name} starts {program}: httpd does not start on a host without it",
                remedy="Make sure that every host has it before this is rolled out.",
                severity=Severity.INFO,
            )


def _program(statement: Statement) -> str | None:
    """The program of a piped log; None where there is none, or a shell starts it."""
    text = statement.argument
    if not statement.certain or not text.startswith("|") or text.startswith("|$") or "${" in text:
        return None
    words = text.lstrip("|").split()
    return words[0] if words else None


RULE = Rule(
    id="log-program-missing",
    group="logging",
    severity=Severity.ERROR,
    title="A log goes to a program that is not there",
    why="httpd starts the programs of piped logs before it serves anything. When one is missing it ends, though the "
    "test of the configuration passes; a reload takes a running server down.",
    remedy="Install the program first, or write to a file and have logrotate turn it over.",
    symptoms=(Symptom.NO_START,),
    source="https://httpd.apache.org/docs/2.4/logs.html#piped",
    good=(
        Case(text='CustomLog "|/usr/bin/rotatelogs /var/log/apache2/access.%F 86400" combined\n'),
        Case(
            text='ErrorLog "||/opt/logs/ship"\n',
            files={"/opt/logs/ship": "#!/bin/sh\n"},
            closed=("/opt",),
        ),
    ),
    bad=(
        Case(text='ErrorLog "|/opt/cronolog/bin/cronolog /var/log/e.%F"\n', closed=("/opt",)),
        Case(text='CustomLog "|rotatelogs /var/log/apache2/a.%F 86400" common\n'),
        Case(text='ErrorLog "|/usr/bin/cronolog /var/log/e.%F"\n'),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
