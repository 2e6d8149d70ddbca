"""A ban on kinds of files that shuts out what is meant to be served."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.patterns import compiled
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.paths import pattern
from safedeploy.lint.resolve.statement import Enclosing, Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.servers import Server, servers

# Names that browsers and search engines ask for, whatever a site is made with.
ASKED_FOR = {"manifest.json", "robots.txt", "sitemap.xml", "favicon.ico", "index.html", "index.php", "site.webmanifest"}


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each <Files> and <FilesMatch> of the main server with a ban, where a program or such a page falls under it."""
    told: set[int] = set()
    sites = list(servers(configuration))
    for each in configuration.named("Require", "Deny"):
        section = each.context.sections[0] if len(each.context.sections) == 1 else None
        words = [word.lower() for word in each.arguments]
        if section is None or id(section) in told or words not in (["all", "denied"], ["from", "all"]):
            continue
        fits = _test(section)
        if fits is None or not each.certain:
            continue
        for server in sites:
            hit = _judge(configuration, server, each, fits)
            if hit is not None:
                told.add(id(section))
                yield hit
                break


def _judge(configuration: Configuration, server: Server, at: Statement, fits: re.Pattern[str]) -> Hit | None:
    """A whole directory of programs that is shut out, or a page that is."""
    for alias in server.aliases:
        directory = configuration.absolute(alias.arguments[1])
        if alias.key != "scriptalias" or not alias.certain:
            continue
        programs = [name for name in configuration.files.names(directory) if not name.startswith(".")]
        denied = [name for name in programs if fits.search(name)]
        if denied and not _may_open(server, at, f"{alias.argument.rstrip('/')}/{denied[0]}"):
            return Hit(
                at=at,
                message=f"{alias.argument.rstrip('/')}/{denied[0]} of {server.shown} is a 403 with it, a program that "
                f"{alias.name} is there to run",
                severity=None if denied == programs else Severity.WARNING,
            )
    root = server.document_root
    if root is None or not root.certain or (server.host is None and configuration.hosts):
        return None
    directory = configuration.absolute(root.argument)
    names = [name for name in configuration.files.names(directory) if name in ASKED_FOR and fits.search(name)]
    if not names or _may_open(server, at, f"/{names[0]}"):
        return None
    return Hit(
        at=at,
        message=f"/{names[0]} of {server.shown} is a 403 with it ({posixpath.join(directory, names[0])})",
        severity=Severity.WARNING,
    )


def _test(section: Enclosing) -> re.Pattern[str] | None:
    """What names a section is for, None for another kind of section or one that Python cannot tell of."""
    if section.key not in ("files", "filesmatch") or not section.arguments:
        return None
    words = section.arguments
    if section.key == "files" and words[0] != "~":
        return re.compile(rf"(?:{pattern(words[0], hidden=True).pattern})\Z")
    return compiled(words[-1])


def _may_open(server: Server, ban: Statement, url: str) -> bool:
    """Whether another section that comes after may let visitors in to a path again."""
    for each in server.statements:
        outer = each.context.inner[-1] if each.context.inner else None
        if each.key not in ("require", "allow", "satisfy") or each.active is False or each is ban or outer is None:
            continue
        words = [word.lower() for word in each.arguments]
        if outer.key in ("directory", "directorymatch") or words in (["all", "denied"], ["from", "all"]):
            continue
        if outer.key != "location" or url.startswith((outer.arguments or ("/",))[0]):
            return True
    return False


RULE = Rule(
    id="files-denied-broad",
    group="access",
    severity=Severity.ERROR,
    title="A ban on kinds of files that hits more than meant",
    why="A list of endings that nobody should read holds for every site of the server and every directory, also for "
    "the programs behind `ScriptAlias` and for pages that browsers ask for. They are a 403 from then on.",
    remedy="Take out the endings that sites serve, or put the section into the directories that it is meant for.",
    symptoms=(Symptom.ERROR_403,),
    source="https://httpd.apache.org/docs/2.4/sections.html#merging",
    good=(
        Case(
            text='<FilesMatch "\\.(bak|sql)$">\n    Require all denied\n</FilesMatch>\n'
            "ScriptAlias /cgi-bin/ /srv/cgi-bin/\n",
            files={"/srv/cgi-bin/form.sh": "#!/bin/sh\n"},
        ),
        Case(
            text='<Directory /srv/www>\n    <FilesMatch "\\.sh$">\n        Require all denied\n    </FilesMatch>\n'
            "</Directory>\nScriptAlias /cgi-bin/ /srv/cgi-bin/\n",
            files={"/srv/cgi-bin/form.sh": "#!/bin/sh\n"},
        ),
    ),
    bad=(
        Case(
            text='<FilesMatch "\\.(bak|sh)$">\n    Require all denied\n</FilesMatch>\n'
            "ScriptAlias /cgi-bin/ /srv/cgi-bin/\n",
            files={"/srv/cgi-bin/form.sh": "#!/bin/sh\n"},
        ),
        Case(
            text='<FilesMatch "\\.(json|txt)$">\n    Require all denied\n</FilesMatch>\nDocumentRoot /srv/www\n',
            files={"/srv/www/robots.txt": "User-agent: *\n"},
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
