"""A redirect of a directory's rule to a relative path, which becomes one of the file system."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.reach import statements
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rewriting import Rewrite, rewrites
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.servers import may_overlap


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each rule in an .htaccess or <Directory> that redirects to a relative path where no RewriteBase holds."""
    if configuration.module("rewrite") is False:
        return
    read = [(each, severity) for each, severity in statements(configuration) if each.active is not False]
    severities = {id(each): severity for each, severity in read}
    helping = [
        each
        for each, _ in read
        if each.key == "rewritebase" or (each.key == "rewriteengine" and each.argument.lower() != "on")
    ]
    for rule in rewrites(each for each, _ in read)[0]:
        at = rule.statement
        if not _is_relative(rule) or not at.certain or any(may_overlap(each.context, at.context) for each in helping):
            continue
        inner = at.context.inner
        directory = at.context.htaccess
        if directory is None and len(inner) == 1 and inner[0].key == "directory" and len(inner[0].arguments) == 1:
            directory = inner[0].arguments[0]
        if directory is None or (at.context.htaccess and inner) or set("*?$") & set(directory):
            continue
        name = rule.substitution
        yield Hit(
            at=at,
            message=f"a browser is redirected to {directory.rstrip('/')}/{name}, the path on the disk",
            remedy=f"Write the path of the URL, such as /{name}, or RewriteBase before the rule.",
            severity=severities[id(at)],
        )


def _is_relative(rule: Rewrite) -> bool:
    status = rule.flags.get("r", "")
    if "r" not in rule.flags or (status.isdigit() and not status.startswith("3")) or rule.refuses:
        return False
    return rule.substitution[:1] not in ("/", "%", "$", "-", "?", "") and ":" not in rule.substitution


RULE = Rule(
    id="rewrite-redirect-to-disk",
    group="rewrite",
    severity=Severity.ERROR,
    title="A redirect to a path on the disk",
    why="In an `.htaccess` or `<Directory>` a relative target is one of the directory on the disk. Without "
    "`RewriteBase` a redirect sends the browser to `/srv/www/new.html` instead of `/new.html`: "
    "a 404, and a look at where files lie.",
    remedy="Begin the target with a slash, or write `RewriteBase`.",
    symptoms=(Symptom.REDIRECTS, Symptom.ERROR_404),
    source="https://httpd.apache.org/docs/2.4/mod/mod_rewrite.html#rewritebase",
    good=(
        Case(text="<Directory /srv/www>\n    RewriteEngine On\n    RewriteRule ^old$ /new.html [R]\n</Directory>\n"),
        Case(
            text="<Directory /srv/www>\n    RewriteEngine On\n    RewriteBase /\n    RewriteRule ^old$ new.html [R]\n"
            "    RewriteRule ^odd$ odd.html [L]\n</Directory>\n"
        ),
    ),
    bad=(
        Case(text="<Directory /srv/www>\n    RewriteEngine On\n    RewriteRule ^old$ new.html [R]\n</Directory>\n"),
        Case(
            text="DocumentRoot /srv/www\n<Directory /srv/www>\n    AllowOverride All\n</Directory>\n",
            files={"/srv/www/.htaccess": "RewriteEngine On\nRewriteRule ^old$ new.html [R=301,L]\n"},
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
