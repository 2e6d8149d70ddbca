"""Listings of directories, allowed for a document root as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Rule, Symptom
from safedeploy.lint.servers import layers, servers

LISTING = ("indexes", "+indexes", "all", "+all")


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each Options with Indexes in the section of a document root, where no later one takes it away."""
    if configuration.module("autoindex_module") is False:
        return
    for server in servers(configuration):
        root = server.document_root
        if root is None or not root.certain or (server.host is None and configuration.hosts):
            continue
        path = root.arguments[0].rstrip("/") or "/"
        found = [
            each
            for layer in layers(server, path)
            if layer.path is None or layer.path.rstrip("/") == path
            for each in layer.statements
            if each.key == "options" and len(each.context.inner) == 1
        ]
        if found and found[-1].certain and _lists(found[-1]):
            yield Hit(
                at=found[-1],
                message=f"every directory below {path} without an index file shows all that is in it",
            )


def _lists(options: Statement) -> bool:
    words = [word.lower() for word in options.arguments]
    return any(word in LISTING for word in words) and "-indexes" not in words


RULE = Rule(
    id="document-root-listed",
    group="exposure",
    severity=Severity.WARNING,
    title="Listings for a whole document root",
    why="With `Options Indexes` a directory without an index file shows the names of all files in it: backups, uploads "
    "of others, drafts that nobody links to. Search engines find them first.",
    remedy="Write `Options -Indexes`, and `+Indexes` in the section of the one directory that is to be looked through.",
    symptoms=(Symptom.EXPOSED,),
    source="https://httpd.apache.org/docs/2.4/mod/core.html#options",
    good=(
        Case(text="DocumentRoot /srv/www\n<Directory /srv/www>\n    Options -Indexes +FollowSymLinks\n</Directory>\n"),
        Case(text="DocumentRoot /srv/www\n<Directory /srv/www/pub>\n    Options +Indexes\n</Directory>\n"),
        Case(text="DocumentRoot /srv/www\n<Directory /srv>\n    Options Indexes\n</Directory>\n"),
        Case(text="DocumentRoot /srv/www\n<Directory /srv/www>\n    Options All -Indexes\n</Directory>\n"),
    ),
    bad=(
        Case(text="DocumentRoot /srv/www\n<Directory /srv/www>\n    Options +Indexes\n</Directory>\n"),
        Case(
            text="<VirtualHost *:80>\n    DocumentRoot /srv/www/\n    <Directory /srv/www>\n"
            "        Options Indexes FollowSymLinks\n    </Directory>\n</VirtualHost>\n"
        ),
    ),
    check=check,
)
