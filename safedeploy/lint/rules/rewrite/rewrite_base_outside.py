"""RewriteBase where there is no directory that it could be the base of."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each RewriteBase of a server outside of sections for a directory."""
    if configuration.module("rewrite") is False:
        return
    for statement in configuration.named("RewriteBase"):
        if not statement.context.inner:
            yield Hit(at=statement, message=f"RewriteBase {statement.argument} stands in no section for a directory")


RULE = Rule(
    id="rewrite-base-outside",
    group="rewrite",
    severity=Severity.ERROR,
    title="RewriteBase outside of a directory",
    why="`RewriteBase` says at which path a directory is served, so that the rules of that directory can be relative. "
    "In a virtual host alone it has no meaning, and httpd refuses the whole configuration. It comes there when the "
    "content of an `.htaccess` is moved.",
    remedy="Take it away, for rules of a virtual host have full paths; or put it with its rules into a `<Directory>`.",
    symptoms=(Symptom.NO_START,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_rewrite.html#rewritebase",
    good=(Case(text="<Directory /srv/www/shop>\n    RewriteEngine On\n    RewriteBase /shop/\n</Directory>\n"),),
    bad=(
        Case(
            text="<VirtualHost *:80>\n    RewriteEngine On\n    RewriteBase /\n"
            "    RewriteRule ^/old$ /new.html\n</VirtualHost>\n"
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
