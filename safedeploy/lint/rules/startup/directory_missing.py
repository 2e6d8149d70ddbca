"""A directory in which httpd would write, and which is not there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from safedeploy.core.layouts import LAYOUTS
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

LOGS = ("ErrorLog", "CustomLog", "TransferLog", "GlobalLog", "ForensicLog")
# In these the directory itself is named.
_DIRECTORIES = ("CoreDumpDirectory", "DefaultRuntimeDir")
# Made anew after each boot: by Debian's apache2ctl before it starts httpd, by tmpfiles.d of Red Hat's package.
_MADE_AT_START = {"debian": ("/run/apache2", "/run/lock/apache2"), "redhat": ("/run/httpd",)}


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each log, pid file and directory of which it is certain that its directory does not exist."""
    for statement in configuration.named(*LOGS, "PidFile", *_DIRECTORIES):
        directory = _directory(configuration, statement)
        if directory is None:
            continue
        there = facts.directory(configuration.files, directory)
        if there is False and _real(directory) in _MADE_AT_START.get(facts.layout, ()):
            continue
        if there is False:
            yield Hit(at=statement, message=f"{statement.name} needs the directory {directory}, which is not there")
        elif there is None and directory.startswith(f"{LAYOUTS[facts.layout].log_dir}/"):
            yield Hit(
                at=statement,
                message=f"httpd does not start on a host without the directory {directory}: it makes none itself",
                remedy="Make sure that every host has it before this is rolled out.",
                severity=Severity.INFO,
            )


def _directory(configuration: Configuration, statement: Statement) -> str | None:
    name = statement.argument
    if not statement.certain or not name or "${" in name or name.startswith(("|", "syslog")):
        return None
    if ":" in name.partition("/")[0]:
        return None  # a provider's: journald, or a drive of Windows
    path = configuration.absolute(name)
    return path if statement.name.lower() in {one.lower() for one in _DIRECTORIES} else posixpath.dirname(path)


def _real(directory: str) -> str:
    """Without the links that /var has to /run."""
    return directory.replace("/var/lock", "/run/lock", 1).replace("/var/run", "/run", 1)


RULE = Rule(
    id="directory-missing",
    group="startup",
    severity=Severity.ERROR,
    title="A directory for logs or for the pid file is not there",
    why="httpd makes files, and no directories. When the directory of one log is missing, it starts none of its sites; "
    "for a pid file the test of the configuration even passes first.",
    remedy="Make the directory before the configuration is rolled out, or write into one that is there.",
    symptoms=(Symptom.NO_START,),
    source="https://httpd.apache.org/docs/2.4/logs.html",
    good=(
        Case(text="ErrorLog logs/error.log\n", files={"/etc/apache2/logs/old.log": ""}, closed=("/etc/apache2",)),
        Case(text="ErrorLog /var/log/apache2/error.log\nErrorLog /srv/log/error.log\n"),
        Case(
            text="DefaultRuntimeDir /var/run/apache2\nPidFile /run/apache2/apache2.pid\n", closed=("/run", "/var/run")
        ),
        Case(text='ErrorLog syslog:local1\nCustomLog "|/usr/bin/logger" common\n', closed=("/",)),
    ),
    bad=(
        Case(text="ErrorLog blog/error.log\n", closed=("/etc/apache2",)),
        Case(text="ErrorLog /var/log/apache2/blog/error.log\n"),
        Case(text="PidFile /run/httpd/httpd.pid\n", closed=("/run",)),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
