"""Access to the whole file system."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each <Directory /> whose every Require is `all granted`."""
    for section in configuration.named("Directory"):
        if section.section is None or section.arguments != ("/",):
            continue
        required = [
            each for each in configuration.inside(section.section) if each.key == "require" and each.active is not False
        ]
        if required and all([word.lower() for word in each.arguments] == ["all", "granted"] for each in required):
            yield Hit(at=required[0], message="whatever leads to a file of this machine may be read by everybody")


RULE = Rule(
    id="whole-disk-granted",
    group="exposure",
    severity=Severity.WARNING,
    title="Access to the whole file system",
    why="The section `<Directory />` is the last line of defence: closed, a wrong `Alias`, a link in an upload or a "
    "rewrite rule that is too broad gives a 403. Open, each of these hands out keys and passwords of the machine.",
    remedy="Write `Require all denied` there, and `Require all granted` for the directories that are served.",
    symptoms=(Symptom.EXPOSED,),
    source="https://httpd.apache.org/docs/2.4/misc/security_tips.html#protectserverfiles",
    good=(
        Case(text="<Directory />\n    Require all denied\n</Directory>\n"),
        Case(text="<Directory /srv/www>\n    Require all granted\n</Directory>\n"),
        Case(text="<Directory />\n    Options None\n</Directory>\n"),
    ),
    bad=(Case(text="<Directory />\n    Require all granted\n</Directory>\n"),),
    check=check,
)
