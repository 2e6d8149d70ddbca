"""Rules where nothing turns rewriting on."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.reach import statements
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.servers import may_overlap


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """The first rule in each place for which no RewriteEngine says anything, neither on nor off."""
    if configuration.module("rewrite") is False:
        return
    read = [(each, severity) for each, severity in statements(configuration) if each.active is not False]
    engines = [each for each, _ in read if each.key == "rewriteengine"]
    optioned = any(
        word.lower().startswith("inherit")
        for each, _ in read
        if each.key == "rewriteoptions"
        for word in each.arguments
    )
    told: set[int] = set()
    for each, severity in read:
        if each.key != "rewriterule" or id(each.context) in told or optioned:
            continue
        told.add(id(each.context))
        if any(_may_be_for(engine, each) for engine in engines):
            continue
        yield Hit(
            at=each,
            message="no RewriteEngine On is in effect here, so httpd skips this rule and those after it",
            severity=severity if configuration.complete else Severity.WARNING,
        )


def _may_be_for(engine: Statement, rule: Statement) -> bool:
    """Whether an engine may be that of a rule: one outside of sections is taken over in them, not the other way."""
    inner, outside = engine.context.inner, engine.context.htaccess is None and not engine.context.inner
    if outside:
        return engine.context.host is None or rule.context.host is engine.context.host or bool(rule.context.htaccess)
    return bool((inner or engine.context.htaccess) and (rule.context.inner or rule.context.htaccess)) and may_overlap(
        engine.context, rule.context
    )


RULE = Rule(
    id="rewrite-engine-off",
    group="rewrite",
    severity=Severity.ERROR,
    title="Rules without RewriteEngine On",
    why="Rewriting is off until `RewriteEngine On` says otherwise, in each virtual host and each directory that has "
    "rules. Without it httpd reads the rules, finds them correct, and follows none.",
    remedy="Write `RewriteEngine On` before the first rule; `RewriteEngine Off` where they shall not be followed.",
    symptoms=(Symptom.NO_EFFECT, Symptom.ERROR_404),
    source="https://httpd.apache.org/docs/2.4/mod/mod_rewrite.html#rewriteengine",
    good=(
        Case(text="RewriteEngine On\n<VirtualHost *:80>\n    RewriteRule ^/old$ /new.html [R]\n</VirtualHost>\n"),
        Case(text="RewriteEngine Off\nRewriteRule ^/old$ /new.html [R]\n"),
    ),
    bad=(
        Case(
            text="<VirtualHost *:80>\n    ServerName www.example.com\n    RewriteRule ^/old$ /new.html [R]\n"
            "</VirtualHost>\n<VirtualHost *:443>\n    RewriteEngine On\n</VirtualHost>\n"
        ),
        Case(
            text="DocumentRoot /srv/www\n<Directory /srv/www>\n    AllowOverride All\n</Directory>\n",
            files={"/srv/www/.htaccess": "RewriteRule ^old$ /new.html [R]\n"},
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
