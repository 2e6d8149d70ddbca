"""CustomLog with a name that no LogFormat has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from safedeploy.core.nearest import nearest
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

# mod_log_config has the first itself; the others are in the main file of every distribution.
_BUILT_IN = "CLF"
_USUAL = ("combined", "common", "vhost_combined", "combinedio", "referer", "agent")
_NAME = re.compile(r"[\w-]+")


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each format that is a single word, and no LogFormat's name."""
    named = {one.arguments[1] for one in configuration.named("LogFormat") if len(one.arguments) > 1}
    if any("${" in name for name in named):
        return
    for statement in configuration.named("CustomLog", "GlobalLog"):
        word = statement.arguments[1] if len(statement.arguments) > 1 else ""
        if not statement.certain or not _NAME.fullmatch(word) or word in named or word == _BUILT_IN:
            continue
        near = nearest(word, {*named, *_USUAL})
        if not configuration.complete and (word in _USUAL or near is None):
            continue
        yield Hit(
            at=statement,
            message=f"no LogFormat is called {word}" + (f"; did you mean {near}?" if near and near != word else ""),
            severity=None if configuration.complete else Severity.WARNING,
        )


RULE = Rule(
    id="log-format-unknown",
    group="logging",
    severity=Severity.ERROR,
    title="A log has a format that is not defined",
    why="httpd takes a name that no `LogFormat` has for the format itself: each line of the log is that one word, and "
    "who asked for what, and when, is lost. Nothing tells of it.",
    remedy="Write the name of a `LogFormat`, such as `combined`, or a format.",
    symptoms=(Symptom.WRONG_CONTENT,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#customlog",
    good=(
        Case(text='LogFormat "%h %r" mine\nCustomLog /var/log/a.log mine\n'),
        Case(text='CustomLog /var/log/a.log "%h %r"\nCustomLog /var/log/b.log CLF\n'),
    ),
    bad=(
        Case(text='LogFormat "%h %r" combined\nCustomLog /var/log/a.log combind\n'),
        Case(text="CustomLog /var/log/a.log combind\n"),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
