"""Two modules of which httpd takes one: the MPM."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

_MPMS = {"mpm_event_module", "mpm_prefork_module", "mpm_worker_module"}


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each LoadModule of a second MPM."""
    first: Statement | None = None
    for statement in configuration.named("LoadModule"):
        if statement.argument not in _MPMS or statement.active is not True:
            continue
        if first is None:
            first = statement
        elif statement.argument != first.argument:
            yield Hit(
                at=statement,
                message=f"{statement.argument} is the second MPM that is loaded, after {first.argument}",
                related=(Related(position=first.position, text="the first is loaded here"),),
            )


RULE = Rule(
    id="two-mpms",
    group="startup",
    severity=Severity.ERROR,
    title="Two MPMs are loaded",
    why="httpd has one module that looks after its processes and threads, and refuses a configuration that loads two "
    "(AH00534). A package that needs prefork, such as mod_php's, often brings the second.",
    remedy="Keep one of them, and disable the other: `safedeploy_modules` takes care of it, and so does `a2dismod`.",
    symptoms=(Symptom.NO_START,),
    source="https://httpd.apache.org/docs/2.4/mpm.html",
    good=(
        Case(text="LoadModule mpm_event_module modules/mod_mpm_event.so\n"),
        Case(
            text="<IfDefine OLD>\nLoadModule mpm_prefork_module modules/mod_mpm_prefork.so\n</IfDefine>\n"
            "LoadModule mpm_event_module modules/mod_mpm_event.so\n"
        ),
    ),
    bad=(
        Case(
            text="LoadModule mpm_event_module modules/mod_mpm_event.so\n"
            "LoadModule mpm_prefork_module modules/mod_mpm_prefork.so\n"
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
