"""A user, group or path of another distribution."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.knowledge.packaged import read
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Rule, Symptom

_PATHS = ("CustomLog", "ErrorLog", "GlobalLog", "Include", "LoadModule", "PidFile", "ScoreBoardFile", "TransferLog")
_TLS = ("SSLCertificateFile", "SSLCertificateKeyFile", "SSLCertificateChainFile", "SSLCACertificateFile")

_Entry = dict[str, list[str]]


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each User, Group or path that belongs to a distribution other than the host's."""
    known: dict[str, _Entry] = read("distributions.toml")
    own = known.get(facts.layout)
    if own is None:
        return
    foreign = [entry for name, entry in known.items() if name != facts.layout]
    for statement in configuration.named("User", "Group", *_PATHS, *_TLS):
        if not statement.certain or not statement.arguments:
            continue
        for entry in foreign:
            hit = _judge(configuration, facts, statement, entry, own)
            if hit is not None:
                yield hit
                break


def _judge(
    configuration: Configuration,
    facts: Facts,
    statement: Statement,
    entry: dict[str, list[str]],
    own: dict[str, list[str]],
) -> Hit | None:
    shown, here = entry["shown"][0], own["shown"][0]
    if statement.key in ("user", "group"):
        name = statement.argument
        if name not in entry["accounts"] or name in own["accounts"]:
            return None
        return Hit(
            at=statement,
            message=f"{statement.name} {name} is {shown}'s, and this is {here}",
            remedy=f"Write {own['accounts'][0]}, or make sure that every host has {name}.",
        )
    path = statement.arguments[1 if statement.key == "loadmodule" and len(statement.arguments) > 1 else 0]
    path = path.lstrip("|")
    place = next((one for one in entry["paths"] if path.startswith(f"{one}/")), None)
    if place is None or configuration.files.exists(place) or facts.exists(place):
        return None
    return Hit(
        at=statement,
        message=f"{statement.name} is in {place}, which is {shown}'s, and this is {here}",
        remedy=f"Write the path that {here} has, or make sure that every host has {place}.",
    )


RULE = Rule(
    id="other-distribution",
    group="startup",
    severity=Severity.WARNING,
    title="A user or a path of another distribution",
    why="Each distribution has its own user and directories for httpd. One that a host does not have keeps httpd from "
    "starting, every site of it: it comes with lines from a guide, or from a server that was moved.",
    remedy="Write what this distribution has.",
    symptoms=(Symptom.NO_START,),
    source="https://cwiki.apache.org/confluence/display/HTTPD/DistrosDefaultLayout",
    good=(
        Case(text="User www-data\nGroup www-data\nErrorLog /var/log/apache2/error.log\n"),
        Case(text="User apache\nPidFile /run/httpd/httpd.pid\n", layout="redhat"),
        Case(text="PidFile /run/httpd/httpd.pid\n", files={"/run/httpd/here": ""}),
    ),
    bad=(
        Case(text="User wwwrun\n"),
        Case(text="ErrorLog /var/log/httpd/error_log\n"),
        Case(text="User www-data\nErrorLog /var/log/apache2/error.log\n", layout="redhat"),
    ),
    check=check,
)
