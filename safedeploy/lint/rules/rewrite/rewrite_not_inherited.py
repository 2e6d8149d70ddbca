"""Rules of the main server that no virtual host has."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rewriting import rewrites, switched_off
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """The first rule outside of virtual hosts, where those answer all requests and none of them takes it over."""
    if configuration.module("rewrite") is False or not _all_is_for_hosts(configuration):
        return
    if any(
        word.lower().startswith("inherit")
        for each in configuration.named("RewriteOptions")
        if not each.context.inner
        for word in each.arguments
    ):
        return
    main = [each for each in configuration.statements if not each.context.sections]
    if switched_off(main):
        return
    rules, _ = rewrites(main)
    repeated = {
        each.pattern
        for host in configuration.hosts
        for each in rewrites(host.statements)[0]
        if host.active is not False
    }
    lost = [rule for rule in rules if rule.pattern not in repeated and rule.statement.certain]
    refusing = [rule for rule in lost if rule.refuses]
    for rule in (refusing or lost)[:1]:
        yield Hit(
            at=rule.statement,
            message=f"no request meets RewriteRule {rule.pattern}: virtual hosts answer them all, and none inherits it",
            severity=None if refusing else Severity.WARNING,
        )


def _all_is_for_hosts(configuration: Configuration) -> bool:
    """Whether some virtual host answers at every address that httpd listens on."""
    ports = {
        address.port for host in configuration.hosts if host.active for address in host.addresses if address.host == "*"
    }
    listened = {address.port for _, address in configuration.listens}
    return bool(listened) and (None in ports or listened <= ports)


RULE = Rule(
    id="rewrite-not-inherited",
    group="rewrite",
    severity=Severity.ERROR,
    title="Rules for all sites that no site has",
    why="A virtual host does not take over the rules of the main server, other than most settings. A rule that forbids "
    "something on all sites forbids it on none, in silence: what it should keep away gets through.",
    remedy="Put the rule into each virtual host, or write `RewriteEngine On` and `RewriteOptions InheritBefore` there.",
    symptoms=(Symptom.NO_EFFECT, Symptom.EXPOSED),
    source="https://httpd.apache.org/docs/2.4/mod/mod_rewrite.html#rewriteoptions",
    good=(
        Case(text="Listen 80\nRewriteEngine On\nRewriteRule ^/xmlrpc\\.php$ - [F]\n"),
        Case(
            text="Listen 80\nRewriteEngine On\nRewriteRule ^/xmlrpc\\.php$ - [F]\n<VirtualHost *:80>\n"
            "    RewriteEngine On\n    RewriteOptions Inherit\n</VirtualHost>\n"
        ),
        Case(
            text="Listen 80\nListen 8080\nRewriteEngine On\nRewriteRule ^/xmlrpc\\.php$ - [F]\n<VirtualHost *:80>\n"
            "    ServerName www.example.com\n</VirtualHost>\n"
        ),
    ),
    bad=(
        Case(
            text="Listen 80\nRewriteEngine On\nRewriteRule ^/xmlrpc\\.php$ - [F]\n<VirtualHost *:80>\n"
            "    ServerName www.example.com\n</VirtualHost>\n"
        ),
        Case(
            text="Listen 80\nRewriteEngine On\nRewriteRule ^/old$ /new [R]\n<VirtualHost *:80>\n"
            "    ServerName www.example.com\n</VirtualHost>\n"
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
