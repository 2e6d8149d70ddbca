"""An Alias for paths that are all redirected before."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.redirect_trial import Url, Ways, answer
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rewrite_match import UnknownError
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.servers import Server

CHALLENGE = "/.well-known/acme-challenge"


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each Alias that a redirect of everything hides, and that the site it redirects to does not have either."""
    ways = Ways(configuration=configuration)
    told: set[int] = set()
    for begin in ways.beginnings():
        server = ways.answering(begin)
        if server is None or begin.path != "/page":
            continue
        for alias in server.aliases:
            if alias not in server.own or id(alias) in told or not alias.certain:
                continue
            found = _hidden(server, begin, alias)
            if found is None:
                continue
            redirect, target = found
            hit = _judge(configuration, ways.answering(target), alias, redirect, target)
            if hit is not None:
                told.add(id(alias))
                yield hit


def _hidden(server: Server, begin: Url, alias: Statement) -> tuple[Statement, Url] | None:
    """The redirect that takes the paths of an Alias, as it takes every other path."""
    try:
        found = answer(server, replace(begin, path=f"{alias.argument.rstrip('/')}/page"))
        every = answer(server, begin)
    except UnknownError:
        return None
    return found if found is not None and every is not None and found[0] is every[0] else None


def _judge(
    configuration: Configuration, other: Server | None, alias: Statement, redirect: Statement, target: Url
) -> Hit | None:
    challenge = alias.argument.rstrip("/") == CHALLENGE
    if other is None and not challenge:
        return None
    if other is not None and (other.may_answer_any_path or _has(configuration, other, target.path)):
        return None
    sure = challenge and other is not None and configuration.complete
    lost = ": the next certificate cannot be had that way" if challenge else ""
    return Hit(
        at=redirect,
        message=f"{redirect.name} takes {alias.argument} too, before {alias.name} is looked at, and sends it to "
        f"{target.name}, which does not have it{lost}"
        if other is not None
        else f"{redirect.name} takes {alias.argument} too, before {alias.name} is looked at{lost}",
        severity=None if sure else Severity.WARNING,
        related=(Related(position=alias.position, text="this is never looked at"),),
    )


def _has(configuration: Configuration, server: Server, path: str) -> bool:
    """Whether a server may have something at a path: by an alias, by a directory, or by a section for it."""
    root = server.document_root
    top = path.split("/")[1]
    if root is not None and configuration.files.exists(posixpath.join(configuration.absolute(root.argument), top)):
        return True
    if any(path.startswith(each.argument.rstrip("/") + "/") for each in server.aliases):
        return True
    places = [each.argument for each in server.named("proxypass", "wsgiscriptalias", "jkmount")]
    places += [one.arguments[-1] for each in server.statements for one in each.context.inner if one.key == "location"]
    return any(place not in ("", "/") and path.startswith(place.rstrip("/*")) for place in places)


_SECURE = "<VirtualHost *:443>\n    ServerName a.example\n    SSLEngine on\n    DocumentRoot /srv/www\n"
_ACME = "    Alias /.well-known/acme-challenge/ /srv/acme/\n"

RULE = Rule(
    id="redirect-hides-alias",
    group="sites",
    severity=Severity.ERROR,
    title="A redirect that takes what an Alias is for",
    why="httpd looks at `Redirect` before `Alias`, whatever stands first. A redirect of `/` takes the directory of the "
    "certificate authority's challenge too; all goes well until the certificate is due, weeks later.",
    remedy='Leave the path out: `RedirectMatch "^/(?!\\.well-known/acme-challenge/)(.*)" "https://www.example.com/$1"`.',
    symptoms=(Symptom.ERROR_404, Symptom.TLS),
    source="https://httpd.apache.org/docs/2.4/mod/mod_alias.html#order",
    good=(
        Case(
            text="<VirtualHost *:80>\n    ServerName a.example\n"
            f'{_ACME}    RedirectMatch "^/(?!\\.well-known/)(.*)" "https://a.example/$1"\n</VirtualHost>\n'
            f"{_SECURE}</VirtualHost>\n"
        ),
        Case(
            text=f"<VirtualHost *:80>\n    ServerName a.example\n{_ACME}    Redirect / https://a.example/\n"
            f"</VirtualHost>\n{_SECURE}{_ACME}</VirtualHost>\n"
        ),
    ),
    bad=(
        Case(
            text=f"<VirtualHost *:80>\n    ServerName a.example\n{_ACME}    Redirect / https://a.example/\n"
            f"</VirtualHost>\n{_SECURE}</VirtualHost>\n"
        ),
        Case(
            text="<VirtualHost *:80>\n    ServerName a.example\n    Alias /docs /srv/docs\n    RewriteEngine On\n"
            "    RewriteRule ^ https://a.example%{REQUEST_URI} [R=301,L]\n"
            f"</VirtualHost>\n{_SECURE}</VirtualHost>\n"
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
