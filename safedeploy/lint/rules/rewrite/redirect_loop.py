"""Redirects that lead back to where they come from."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.redirect_trial import Ways
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each redirect with which a way without end begins, told once."""
    ways = Ways(configuration=configuration)
    told: set[int] = set()
    for begin in ways.beginnings():
        found = ways.loops(begin)
        if found is None or id(found[0]) in told:
            continue
        at, way = found
        told.add(id(at))
        shown = " to ".join(str(one) for one in way[:3])
        yield Hit(
            at=at,
            message=f"a browser is sent from {shown}, and so on without end",
            severity=None if configuration.complete or at.context.host is not None else Severity.WARNING,
        )


RULE = Rule(
    id="redirect-loop",
    group="rewrite",
    severity=Severity.ERROR,
    title="Redirects without end",
    why="A redirect to an address that the same redirect is for, or two sites that send visitors to each other. The "
    "browser follows for a while and says that the page redirects too often; the site cannot be reached.",
    remedy="Redirect to an address that another virtual host answers, or leave the target's path out of the redirect.",
    symptoms=(Symptom.REDIRECTS,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_alias.html#redirect",
    good=(
        Case(
            text="<VirtualHost *:80>\n    ServerName www.example.com\n    Redirect / https://www.example.com/\n"
            "</VirtualHost>\n<VirtualHost *:443>\n    ServerName www.example.com\n    SSLEngine on\n</VirtualHost>\n"
        ),
        Case(
            text="<VirtualHost *:80>\n    ServerName example.com\n    RewriteEngine On\n"
            "    RewriteCond %{HTTP_HOST} !^www\\.\n    RewriteRule ^(.*)$ http://www.example.com$1 [R]\n"
            "</VirtualHost>\n"
        ),
    ),
    bad=(
        Case(
            text="<VirtualHost *:443>\n    ServerName www.example.com\n    SSLEngine on\n"
            "    Redirect / https://www.example.com/\n</VirtualHost>\n"
        ),
        Case(
            text="<VirtualHost *:80>\n    ServerName example.com\n    Redirect / http://www.example.com/\n"
            "</VirtualHost>\n<VirtualHost *:80>\n    ServerName www.example.com\n"
            "    Redirect / http://example.com/\n</VirtualHost>\n"
        ),
        Case(text="<VirtualHost *:80>\n    ServerName a.example\n    Redirect /shop /shop/new\n</VirtualHost>\n"),
        Case(
            text="<VirtualHost *:443>\n    ServerName a.example\n    SSLEngine on\n    RewriteEngine On\n"
            "    RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]\n</VirtualHost>\n"
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
