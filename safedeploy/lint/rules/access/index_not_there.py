"""A DirectoryIndex that names none of the start pages that are there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.servers import Server, layers, servers

START_PAGES = ("index.html", "index.htm", "index.php", "index.cgi", "index.xhtml", "index.shtml", "index.pl")


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each document root with a start page, none of which is in the list that holds there."""
    if configuration.module("dir") is False:
        return
    for server in servers(configuration):
        root = server.document_root
        if (
            root is None
            or not root.certain
            or server.may_answer_any_path
            or (server.host is None and configuration.hosts)
        ):
            continue
        directory = configuration.absolute(root.argument)
        decided = _decided(server, directory)
        listed = [name for each in decided for name in each.arguments]
        files = configuration.files
        there = [name for name in START_PAGES if files.is_file(posixpath.join(directory, name))]
        if not decided or not there or _may_be_given_elsewhere(configuration, server, directory):
            continue
        if any("." not in name or not name.isascii() or set("/$%") & set(name) for name in listed):
            continue
        if any(files.exists(posixpath.join(directory, name)) for name in listed):
            continue
        sure = configuration.complete and all(files.exists(posixpath.join(directory, name)) is False for name in listed)
        yield Hit(
            at=decided[-1],
            message=f"the front page of {server.shown} is a 403 or a listing: {directory} has {there[0]}, and "
            f"DirectoryIndex {' '.join(listed)} holds there",
            severity=None if sure else Severity.WARNING,
            related=(Related(position=root.position, text="this directory"),),
        )


def _decided(server: Server, directory: str) -> list[Statement]:
    """The DirectoryIndex lines that hold in a directory: those of one place add up, an inner place replaces them."""
    outside = [each for each in server.statements if each.key == "directoryindex" and not each.context.inner]
    own = [each for each in outside if each.context.host is not None]
    decided = own or outside
    for layer in layers(server, directory):
        here = [each for each in layer.statements if each.key == "directoryindex" and len(each.context.inner) == 1]
        decided = here or decided
    if any(not each.certain or not each.active or each.argument.lower() == "disabled" for each in decided):
        return []
    return decided


def _may_be_given_elsewhere(configuration: Configuration, server: Server, directory: str) -> bool:
    """Whether an .htaccess, or a section that comes after <Directory>, may show another page."""
    for each in server.statements:
        if each.key in ("directoryindex", "sethandler", "options") and each.active is not False:
            if each.key == "options" and any("multiviews" in word.lower() for word in each.arguments):
                return True
            outer = each.context.inner[0].key if each.context.inner else ""
            if each.key != "options" and (outer not in ("", "directory", "directorymatch") or each.key == "sethandler"):
                location = each.context.within("location")
                if location is None or location.arguments in (("/",), ("",)):
                    return True
    return any(
        f"{directory}/".startswith(f"{one.directory.rstrip('/')}/") and one.is_read is not False
        for one in configuration.htaccess
        for each in one.statements
        if each.key in ("directoryindex", "rewriterule", "fallbackresource", "options", "sethandler", "redirect")
    )


RULE = Rule(
    id="index-not-there",
    group="access",
    severity=Severity.ERROR,
    title="A start page that is not in DirectoryIndex",
    why="A `DirectoryIndex` in a virtual host or directory replaces the list from outside, it does not add to it. With "
    "`index.php` alone a site of `index.html` answers its front page with a 403, or shows what files it has.",
    remedy="Name every start page: `DirectoryIndex index.php index.html`.",
    symptoms=(Symptom.ERROR_403,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_dir.html#directoryindex",
    good=(
        Case(
            text="DirectoryIndex index.html\nDirectoryIndex index.php\nDocumentRoot /srv/www\n",
            files={"/srv/www/index.html": "Welcome\n"},
            closed=("/srv",),
        ),
        Case(
            text="DocumentRoot /srv/www\n<Directory /srv/www>\n    DirectoryIndex index.php\n</Directory>\n",
            files={"/srv/www/index.html": "Welcome\n", "/srv/www/index.php": "<?php\n"},
            closed=("/srv",),
        ),
    ),
    bad=(
        Case(
            text="DirectoryIndex index.html\nDocumentRoot /srv/www\n<Directory /srv/www>\n"
            "    DirectoryIndex index.php\n</Directory>\n",
            files={"/srv/www/index.html": "Welcome\n"},
            closed=("/srv",),
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
