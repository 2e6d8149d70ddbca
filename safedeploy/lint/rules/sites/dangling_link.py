"""A link to configuration that is not there any more."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from safedeploy.core.nearest import nearest
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.hosts import host_name
from safedeploy.lint.resolve.paths import is_pattern, pattern
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

_SERVER_NAME = re.compile(r"^[ \t]*ServerName[ \t]+\"?([^\s\"$]+)", re.IGNORECASE | re.MULTILINE)


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each link that a pattern of IncludeOptional finds, and that leads nowhere."""
    links = configuration.files.links
    told: set[str] = set()
    for statement in configuration.named("IncludeOptional"):
        name = configuration.absolute(statement.argument)
        if not statement.certain or not is_pattern(name):
            continue
        wanted = pattern(name)
        for link in sorted(links):
            if link in told or not wanted.fullmatch(link) or not _is_gone(configuration, facts, link):
                continue
            told.add(link)
            target = _target(configuration, link)
            other = _renamed(configuration, target)
            yield Hit(
                at=statement,
                message=f"{link} leads to {target}, which does not exist: httpd passes over it in silence",
                remedy=f"Let the link lead to {other}, if that is the new name, or remove it." if other else None,
                severity=None if other else Severity.WARNING,
            )


def _is_gone(configuration: Configuration, facts: Facts, link: str) -> bool:
    return facts.there(configuration.files, link) is False


def _target(configuration: Configuration, link: str) -> str:
    target = configuration.files.real(link)
    return target or configuration.files.links[link]


def _renamed(configuration: Configuration, target: str) -> str | None:
    """The file beside the target with nearly its name, to which no link leads and whose sites nobody else has."""
    directory, name = posixpath.split(target)
    files = configuration.files
    linked = {files.real(link) for link in files.links}
    names = [each for each in files.names(directory) if posixpath.join(directory, each) not in linked]
    found = nearest(name, names)
    path = posixpath.join(directory, found or name)
    lost = _SERVER_NAME.findall((files.content(path) or b"").decode(errors="replace"))
    named = {name for host in configuration.hosts for name in (host.name, *host.aliases) if host.active is not False}
    return path if lost and not {host_name(each) for each in lost} & named else None


RULE = Rule(
    id="dangling-link",
    group="sites",
    severity=Severity.ERROR,
    title="A link to configuration that is gone",
    why="`IncludeOptional sites-enabled/*.conf` does not mind a link that leads nowhere. When a site's file is renamed "
    "and its link is not, the site is gone with the next reload, and its visitors see the default site.",
    remedy="Let the link lead to the file's new name, or remove it.",
    symptoms=(Symptom.WRONG_SITE, Symptom.NO_EFFECT),
    source="https://httpd.apache.org/docs/2.4/mod/core.html#includeoptional",
    good=(
        Case(
            text="IncludeOptional sites-enabled/*.conf\n",
            files={"/etc/apache2/sites-available/shop.conf": "Listen 80\n"},
            links={"/etc/apache2/sites-enabled/shop.conf": "../sites-available/shop.conf"},
            closed=("/etc/apache2",),
        ),
        Case(
            text="IncludeOptional sites-enabled/*.conf\n",
            links={"/etc/apache2/sites-enabled/shop.conf": "../sites-available/shop.conf"},
        ),
    ),
    bad=(
        Case(
            text="IncludeOptional sites-enabled/*.conf\n",
            files={
                "/etc/apache2/sites-available/web-shop.conf": "<VirtualHost *>\nServerName a.example\n</VirtualHost>\n"
            },
            links={"/etc/apache2/sites-enabled/shop.conf": "../sites-available/shop.conf"},
            closed=("/etc/apache2",),
        ),
        Case(
            text="IncludeOptional sites-enabled/*.conf\n",
            links={"/etc/apache2/sites-enabled/shop.conf": "../sites-available/shop.conf"},
            closed=("/etc/apache2",),
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
