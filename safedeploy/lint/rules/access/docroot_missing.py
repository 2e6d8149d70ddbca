"""A DocumentRoot that is not there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from safedeploy.core.nearest import nearest
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.servers import Server, servers


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each DocumentRoot that does not exist; where nobody has looked, one with a neighbour of nearly its name."""
    for server in servers(configuration):
        root = server.document_root
        if root is None or root not in server.own or not root.certain or "${" in root.argument:
            continue
        if server.may_answer_any_path and server.host is not None:
            continue
        path = configuration.absolute(root.argument)
        there = facts.directory(configuration.files, path)
        meant = _meant(configuration, server, path)
        remedy = f"Write {meant}, if that is the one that is meant." if meant else None
        if there is False:
            what = ", and httpd does not start without it" if server.host is None else ""
            message = f"{server.shown} is served from {path}, which does not exist{what}"
            yield Hit(at=root, message=message, remedy=remedy)
        elif there is None and meant:
            yield Hit(
                at=root,
                message=f"{server.shown} is served from {path}, and only {meant} is known here",
                remedy=remedy,
                severity=Severity.WARNING,
            )


def _meant(configuration: Configuration, server: Server, path: str) -> str | None:
    """The neighbour with a name like it: a directory that is known, or that has a section in the same server."""
    parent, name = posixpath.split(path)
    files = configuration.files
    names = {each for each in files.names(parent) if files.is_directory(posixpath.join(parent, each))}
    for each in server.own:
        section = each.context.within("directory")
        if section is not None and len(section.arguments) == 1:
            above, last = posixpath.split(section.arguments[0].rstrip("/"))
            names |= {last} if above == parent else set()
    found = None if name in names else nearest(name, tuple(sorted(names)))
    return posixpath.join(parent, found) if found else None


RULE = Rule(
    id="docroot-missing",
    group="access",
    severity=Severity.ERROR,
    title="A DocumentRoot that is not there",
    why="In a virtual host httpd only prints the warning AH00112 and starts all the same, so no test of the "
    "configuration stops it. Every page of the site is a 404 from then on. Outside of virtual hosts httpd refuses the "
    "configuration.",
    remedy="Correct the path, or deliver the directory before the site.",
    symptoms=(Symptom.ERROR_404, Symptom.NO_START),
    source="https://httpd.apache.org/docs/2.4/mod/core.html#documentroot",
    good=(
        Case(
            text="<VirtualHost *:80>\n    ServerName www.example.com\n    DocumentRoot /srv/www\n</VirtualHost>\n",
            files={"/srv/www/index.html": "Welcome\n"},
            closed=("/srv",),
        ),
        Case(text="<VirtualHost *:80>\n    DocumentRoot /srv/www\n</VirtualHost>\n"),
        Case(
            text='<VirtualHost *:80>\n    DocumentRoot /srv/www\n    Redirect "/" "https://www.example.com/"\n'
            "</VirtualHost>\n",
            closed=("/srv",),
        ),
    ),
    bad=(
        Case(
            text="<VirtualHost *:80>\n    ServerName www.example.com\n    DocumentRoot /srv/ww\n</VirtualHost>\n",
            files={"/srv/www/index.html": "Welcome\n"},
            closed=("/srv",),
        ),
        Case(
            text="<VirtualHost *:80>\n    DocumentRoot /srv/site/htdoc\n</VirtualHost>\n",
            files={"/srv/site/htdocs/index.html": "Welcome\n"},
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
