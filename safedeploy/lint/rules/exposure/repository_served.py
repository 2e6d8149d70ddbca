"""The history of the source code, or its settings, below a document root."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import openness
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.servers import servers

FILES = (".git/config", ".git/HEAD", ".svn/wc.db", ".svn/entries", ".hg/requires", ".env", ".aws/credentials")


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each of these files that is there and that nothing closes, at the directory that serves it."""
    seen = set()
    for server in servers(configuration):
        if server.host is None and configuration.hosts:
            continue
        for address, directory, statement in openness.places(server):
            for name in FILES:
                path = f"{directory}/{name}"
                key = (statement.position, name.split("/", maxsplit=1)[0])
                if key in seen or not facts.there(configuration.files, path):
                    continue
                if openness.is_open(configuration, server, f"{address.rstrip('/')}/{name}", path):
                    seen.add(key)
                    yield Hit(
                        at=statement,
                        message=f"anybody may read {address.rstrip('/')}/{name}",
                        severity=None if configuration.complete else Severity.WARNING,
                    )


RULE = Rule(
    id="repository-served",
    group="exposure",
    severity=Severity.ERROR,
    title="Source code or settings below a document root",
    why="A site that is rolled out with `git clone` has its whole history in `.git`, and many have passwords in "
    "`.env`. Programs ask every server for these names all day long; from `.git` they put the source together, with "
    "every password that was ever committed.",
    remedy="Leave them out of the document root. What must stay there is closed with `RedirectMatch 404 "
    '"/\\.(git|svn|hg|env)"` outside of the virtual hosts, for all of them.',
    symptoms=(Symptom.EXPOSED,),
    source="https://httpd.apache.org/docs/2.4/misc/security_tips.html#protectserverfiles",
    good=(
        Case(
            text='DocumentRoot /srv/www\n<DirectoryMatch "/\\.git(/|$)">\n    Require all denied\n</DirectoryMatch>\n',
            files={"/srv/www/.git/config": "[core]\n"},
        ),
        Case(text='DocumentRoot /srv/www\nRedirectMatch 404 "/\\.git"\n', files={"/srv/www/.git/config": "[core]\n"}),
        Case(
            text='DocumentRoot /srv/www\n<FilesMatch "^\\.">\n    Require all denied\n</FilesMatch>\n',
            files={"/srv/www/.env": "PASSWORD=1\n"},
        ),
        Case(text="DocumentRoot /srv/www/public\n", files={"/srv/www/.git/config": "[core]\n"}),
    ),
    bad=(
        Case(text="DocumentRoot /srv/www\n", files={"/srv/www/.git/config": "[core]\n"}),
        Case(
            text='DocumentRoot /srv/www\n<FilesMatch "^\\.">\n    Require all denied\n</FilesMatch>\n',
            files={"/srv/www/.git/config": "[core]\n"},
        ),
        Case(
            text="DocumentRoot /srv/www\n<Directory />\n    Require all denied\n</Directory>\n<Directory /srv/www>\n"
            "    Require all granted\n</Directory>\n",
            files={"/srv/www/.env": "PASSWORD=1\n"},
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
