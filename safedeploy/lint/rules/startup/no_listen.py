"""A configuration without Listen."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.syntax.position import Position


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """The configuration, told at the beginning of its main file."""
    # Without virtual hosts it may well be a part of a configuration that somebody tries out.
    if not configuration.complete or configuration.named("Listen") or not configuration.named("VirtualHost"):
        return
    if configuration.main not in configuration.files.contents:
        return
    yield Hit(
        at=Position(path=configuration.main, line=1, column=1, end_line=1, end_column=2),
        message="no Listen is in the whole configuration",
    )


RULE = Rule(
    id="no-listen",
    group="startup",
    severity=Severity.ERROR,
    title="httpd listens on no port",
    why="Without a `Listen` the test of the configuration passes, and httpd ends at its start: `no listening sockets "
    "available`. The addresses of virtual hosts open no ports.",
    remedy="Write `Listen 80`, or include the file that has it.",
    symptoms=(Symptom.NO_START,),
    source="https://httpd.apache.org/docs/2.4/mod/mpm_common.html#listen",
    good=(
        Case(text="Listen 80\n<VirtualHost *:80>\n    ServerName www.example.test\n</VirtualHost>\n"),
        Case(text="<IfDefine TLS>\nListen 443\n</IfDefine>\n<VirtualHost *:443>\n</VirtualHost>\n"),
    ),
    bad=(Case(text="<VirtualHost *:80>\n    ServerName www.example.test\n</VirtualHost>\n"),),
    check=check,
    profile=Profile.MINIMAL,
)
