"""A directive that .htaccess may not have, or not here."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.knowledge import directives
from safedeploy.lint.resolve.configuration import Configuration, Htaccess
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each directive of an .htaccess that is read, where httpd would answer with a 500."""
    for htaccess in configuration.htaccess:
        if htaccess.is_read is False:
            continue
        for statement in htaccess.statements:
            yield from _judge(configuration, htaccess, statement)


def _judge(configuration: Configuration, htaccess: Htaccess, statement: Statement) -> Iterator[Hit]:
    known = directives.find(statement.name, section=statement.is_section)
    if known is None or known.platform is not None:
        return
    if all(configuration.module(symbol) is False for symbol in known.modules):
        return  # that is a finding of its own
    if not known.overrides:
        yield Hit(
            at=statement,
            message=f"{known.shown} may not stand in an .htaccess: every request for {htaccess.directory} gets a 500",
            remedy="Move it to the server's configuration.",
            severity=None if htaccess.is_read else Severity.WARNING,
        )
        return
    if any(htaccess.allows(name) is not False for name in known.overrides) or _listed(htaccess, known.name):
        return
    classes = " or ".join(sorted(known.overrides))
    yield Hit(
        at=statement,
        message=f"AllowOverride does not permit {known.shown} here: every request for {htaccess.directory} gets a 500",
        remedy=f"Allow it with AllowOverride {classes} for this directory, or move it to the server's configuration.",
        severity=None if htaccess.is_read else Severity.WARNING,
    )


def _listed(htaccess: Htaccess, name: str) -> bool:
    """Whether some server lists the directive itself, or skips what is not allowed."""
    return any(name.lower() in one.directives or one.nonfatal for _, one in htaccess.overrides)


RULE = Rule(
    id="htaccess-not-allowed",
    group="syntax",
    severity=Severity.ERROR,
    title="A directive that this .htaccess may not have",
    why="httpd answers every request below the directory with a 500. No test of the configuration reads `.htaccess`, "
    "so the first one to see it is a visitor.",
    remedy="Allow it with `AllowOverride`, or move it to the server's configuration.",
    symptoms=(Symptom.ERROR_500,),
    source="https://httpd.apache.org/docs/2.4/mod/core.html#allowoverride",
    good=(
        Case(
            text='<Directory "/srv/www">\n    AllowOverride FileInfo\n</Directory>\nDocumentRoot /srv/www\n',
            files={"/srv/www/.htaccess": "ErrorDocument 404 /missing.html\n"},
        ),
    ),
    bad=(
        Case(
            text='<Directory "/srv/www">\n    AllowOverride AuthConfig\n</Directory>\nDocumentRoot /srv/www\n',
            files={"/srv/www/.htaccess": "ErrorDocument 404 /missing.html\n"},
        ),
        Case(
            text='<Directory "/srv/www">\n    AllowOverride All\n</Directory>\nDocumentRoot /srv/www\n',
            files={"/srv/www/.htaccess": '<Directory "/srv/www/in">\n    Options -Indexes\n</Directory>\n'},
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
